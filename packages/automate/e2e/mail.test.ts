import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../src/testing/index.ts';
import { openBrowser } from './support/browser.ts';
import { eventually } from './support/executions.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';
import { startSmtpServer, type TestSmtpServer } from './support/smtp-server.ts';

const PASSWORD = 'correct horse battery staple';
const ADA = 'ada@example.com';
/** The same for everybody, whether or not there is such an account. */
const ACCEPTED = { status: 202, body: JSON.stringify({ message: 'If there is such an account, a link is on its way.' }) };
const REQUEST = '/api/auth/request-password-reset/';

describe.each(databaseKinds)('mail on %s', (kind) => {
  let smtp: TestSmtpServer;
  let database: TestDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    smtp = await startSmtpServer();
    database = await createTestDatabase(kind);
    server = await start(smtp.url);
  });
  afterEach(() => {
    smtp.manners = {};
    smtp.mails.length = 0;
  });
  afterAll(async () => {
    await server?.stop();
    await database?.dispose();
    await smtp?.close();
  });

  const start = (smtpUrl: string) =>
    startServerProcess(database, {
      AUTOMATE_BOOTSTRAP_TOKEN: 'a-token-that-only-mail-tests-use',
      AUTOMATE_BOOTSTRAP_EMAIL: ADA,
      AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD,
      AUTOMATE_SMTP_URL: smtpUrl,
      AUTOMATE_MAIL_FROM: 'The robots <robots@example.com>',
      AUTOMATE_PUBLIC_URL: 'https://automate.example.com',
    });
  /** As a program does it, which has no origin. */
  const ask = async (email: string) => {
    const reply = await fetch(new URL(REQUEST, server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    });
    const headers = Object.fromEntries([...reply.headers].filter(([name]) => !['date', 'x-trace-id'].includes(name)));
    return { status: reply.status, body: await reply.text(), headers };
  };
  const mailed = (count: number) =>
    eventually(
      async () => smtp.mails,
      (mails) => mails.length >= count,
    );
  const linkIn = (text = '') => /https:\/\/\S+/.exec(text)?.[0] ?? '';
  const post = async (path: string, body: object) => {
    const reply = await fetch(new URL(path, server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return reply.status;
  };

  it('is announced to the sign-in page', async () => {
    const { body } = await openBrowser(server.url).call('GET', '/api/auth/options/');
    expect(body).toMatchObject({ mail: true });
  });

  it('brings a link that works to whoever forgot a password, and the reply tells nobody whether it does', async () => {
    const gone = await server.call<{ id: string }>('POST', '/api/v1/users/', { email: 'gone@example.com', name: 'Gone' });
    await server.call('PATCH', `/api/v1/users/${gone.body.id}/`, { disabled: true });
    const replies = [
      await ask('nobody@example.com'),
      await ask('gone@example.com'),
      await ask('no address'),
      await ask('ADA@example.com'),
    ];
    expect(replies[0]).toMatchObject(ACCEPTED);
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    const [mail] = await mailed(1);
    expect(smtp.mails.map(({ to }) => to)).toEqual([ADA]);
    expect(mail).toMatchObject({ from: 'The robots <robots@example.com>', subject: 'Choose a new password' });
    const link = linkIn(mail?.text);
    expect(link).toMatch(/^https:\/\/automate\.example\.com\/reset-password\/#token=[\w-]{43}$/);
    const token = link.split('#token=')[1];
    const password = 'a better phrase than before';
    expect(await post('/api/auth/reset-password/', { token, password })).toBe(204);
    expect(await post('/api/auth/reset-password/', { token, password })).toBe(400);
    expect(await post('/api/auth/sign-in/', { email: ADA, password })).toBe(200);
    expect(await post('/api/auth/sign-in/', { email: ADA, password: PASSWORD })).toBe(401);
  });

  it('keeps nobody waiting: the reply is there before the mail server has said a word', async () => {
    let greet = () => {};
    smtp.manners = { greetsAfter: new Promise((resolve) => (greet = resolve)) };
    const before = smtp.connections();
    // Both replies arrive although the server is silent until the line below: nothing of the mail is waited for.
    expect((await ask(ADA)).status).toBe(202);
    expect((await ask('nobody.else@example.com')).status).toBe(202);
    await eventually(
      async () => smtp.connections(),
      (count) => count > before,
    );
    expect(smtp.mails).toEqual([]);
    greet();
    expect((await mailed(1)).map(({ to }) => to)).toEqual([ADA]);
  });

  it('brings the invitation to who is invited, and to nobody else', async () => {
    const reply = await server.call<{ link: null }>('POST', '/api/v1/invitations/', {
      email: 'grace@example.com',
      role: 'viewer',
      days: 3,
    });
    expect(reply.status).toBe(201);
    const [mail] = await mailed(1);
    expect(mail).toMatchObject({
      to: 'grace@example.com',
      subject: 'You are invited',
      text: expect.stringContaining('within 3 days'),
    });
    expect(reply.body.link).toBeNull();
    expect(linkIn(mail?.text)).toMatch(/^https:\/\/automate\.example\.com\/accept-invitation\/#token=[\w-]{43}$/);
    const token = linkIn(mail?.text).split('#token=')[1];
    expect(await post('/api/auth/accept-invitation/', { token, name: 'Grace', password: PASSWORD })).toBe(200);
  });

  it.each(['login', 'recipient', 'mail'] as const)(
    'changes no reply when the server refuses the %s, and the log holds no secret',
    async (refuses) => {
      smtp.manners = { refuses };
      await ask(ADA);
      const invited = await server.call<{ link: null }>('POST', '/api/v1/invitations/', {
        email: `${refuses}@example.com`,
        role: 'viewer',
      });
      expect([invited.status, invited.body.link]).toEqual([201, null]);
      const lines = await refusals(server, 2);
      for (const line of lines) expect(line).toMatch(/"reason":"(EAUTH 535|EENVELOPE 550|EMESSAGE 554)"/);
      expect(smtp.mails).toEqual([]);
      requireNoSecret(server);
    },
  );

  it.each([
    ['is down', async () => ({ url: `smtp://postman:the-password-of-the-postman@127.0.0.1:1`, close: async () => {} })],
    ['has a certificate that nobody trusts', () => startSmtpServer({ hasForeignCertificate: true })],
  ])('changes no reply when the server %s', async (_, serve) => {
    await server.stop();
    const other = await serve();
    server = await start(other.url);
    expect(await ask(ADA)).toMatchObject(ACCEPTED);
    const invited = await server.call<{ link: null }>('POST', '/api/v1/invitations/', {
      email: `n${Date.now()}@example.com`,
      role: 'viewer',
    });
    expect([invited.status, invited.body.link]).toEqual([201, null]);
    await refusals(server, 2);
    requireNoSecret(server);
    expect((await server.call('GET', '/health/ready/')).status).toBe(200);
    await other.close();
  });

  /** Lines of the log about mails that were not sent, of the last server. */
  const refusals = (from: ServerProcess, count: number) =>
    eventually(
      async () =>
        from
          .errors()
          .split('\n')
          .filter((line) => line.includes('mail not sent'))
          .slice(-count),
      (lines) => lines.length === count,
    );

  function requireNoSecret(from: ServerProcess): void {
    expect(from.errors()).not.toContain(smtp.password);
    expect(from.errors()).not.toMatch(/token=|reset-password\/#|accept-invitation\/#/);
  }
});
