import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { openBrowser } from './support/browser.ts';
import { totp } from './support/totp.ts';

const PASSWORD = 'correct horse battery staple';
const EMAIL = 'boss@example.com';

describe.each(databaseKinds)('the link of the start, for an account with a second factor, on %s', (kind) => {
  let server: TestServer;
  let secret: string;
  let backupCodes: readonly string[];
  beforeAll(async () => {
    server = await createTestServer(kind, {
      hasWorker: false,
      environment: { AUTOMATE_BOOTSTRAP_EMAIL: EMAIL, AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD },
    });
    const boss = openBrowser(server.url);
    expect((await boss.call('POST', '/api/auth/sign-in/', { email: EMAIL, password: PASSWORD })).status).toBe(200);
    const { body } = await boss.call<{ uri: string; backup_codes: string[] }>('POST', '/api/auth/two-factor/', {
      password: PASSWORD,
    });
    secret = new URL(body.uri).searchParams.get('secret') ?? '';
    backupCodes = body.backup_codes;
    expect((await boss.call('POST', '/api/auth/two-factor/confirm/', { code: totp(secret) })).status).toBe(204);
  });
  afterAll(() => server?.close());

  const newToken = async () => (await server.automate.startLink())?.split('#token=')[1] ?? '';
  const use = async (token: string, code?: string) => {
    const browser = openBrowser(server.url);
    const body = { token, ...(code !== undefined && { code }) };
    const reply = await browser.call<{ code?: string }>('POST', '/api/auth/link/', body);
    return { status: reply.status, code: reply.body.code, browser };
  };
  const count = async (sql: string) => {
    const { rows } = await server.automate.db.query<{ count: number }>(`select count(*) as count from ${sql}`);
    return Number(rows[0]?.count);
  };

  it('asks for the code, and is used up only by the right one', async () => {
    const token = await newToken();
    const asked = await use(token);
    expect(asked).toMatchObject({ status: 401, code: 'two_factor_required' });
    expect(asked.browser.cookie).toBeUndefined();
    const failures = `audit_entries where action = 'session.sign_in_failed' and diff::text like '%link%'`;
    expect(await use(token, '000000')).toMatchObject({ status: 401, code: 'sign_in_failed' });
    expect(await count(failures)).toBe(1);
    expect(await use(token, 'no-backup-code')).toMatchObject({ status: 401, code: 'sign_in_failed' });
    const { status, browser } = await use(token, totp(secret));
    expect(status).toBe(200);
    expect((await browser.call('GET', '/api/v1/workflows/')).status).toBe(200);
    expect(await use(token, totp(secret))).toMatchObject({ status: 400, code: 'link_invalid' });
    expect(await use('x'.repeat(43), totp(secret))).toMatchObject({ status: 400, code: 'link_invalid' });
    expect(await count(`audit_entries where action = 'session.sign_in' and diff::text like '%link%'`)).toBe(1);
  });

  it('takes a backup code, once', async () => {
    const [backup = ''] = backupCodes;
    expect((await use(await newToken(), backup)).status).toBe(200);
    expect(await use(await newToken(), backup)).toMatchObject({ status: 401, code: 'sign_in_failed' });
  });

  it('lets in one of two who come at once, and leaves no session behind for the other', async () => {
    const token = await newToken();
    const before = await count('sessions');
    const code = totp(secret);
    const both = await Promise.all([use(token, code), use(token, code)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(await count('sessions')).toBe(before + 1);
  });

  it('is no way to guess codes', async () => {
    const token = await newToken();
    const seen: number[] = [];
    for (let index = 0; index < 12; index += 1) seen.push((await use(token, '000000')).status);
    expect(seen.slice(-2)).toEqual([429, 429]);
    expect((await use(token, totp(secret))).status, 'not even with the right one').toBe(429);
    expect(await count(`one_time_tokens where purpose = 'sign_in'`)).toBe(1);
  });
});
