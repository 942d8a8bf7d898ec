import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { type Browser, openBrowser } from './support/browser.ts';
import { eventually } from './support/executions.ts';
import { type RealProvider, startRealProvider } from './support/real-provider.ts';
import { startSmtpServer, type TestSmtpServer } from './support/smtp-server.ts';
import { openSurfer } from './support/surfer.ts';
import { type Asker, askerOf } from './support/tenants.ts';
import { totp } from './support/totp.ts';

const THEIRS = 'the phrase of whoever came first';
const OWN = 'a phrase that the owner alone knows';
const CALLBACK = '/api/auth/oidc/callback/';

interface Session {
  readonly user: { readonly id: string; readonly email: string; readonly email_verified: boolean };
  readonly tenants: readonly { readonly slug: string }[];
}
interface Problem {
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string }[];
}
/** All that somebody holds who made an account in another's name. */
interface Taken {
  readonly email: string;
  readonly browser: Browser;
  readonly secret: string;
  readonly key: string;
  readonly childOfKey: string;
  readonly resetToken: string;
}

const tokenIn = (link: string | null | undefined) => link?.split('#token=')[1] ?? '';

describe.each(databaseKinds)('an account taken before its owner comes, on %s', (kind) => {
  let server: TestServer;
  let provider: RealProvider;
  let first: Asker;
  let second: Asker;
  let serial = 0;
  beforeAll(async () => {
    provider = await startRealProvider();
    server = await createTestServer(kind, {
      hasWorker: false,
      environment: {
        AUTOMATE_OIDC_ISSUER: provider.issuer,
        AUTOMATE_OIDC_CLIENT_ID: provider.client.id,
        AUTOMATE_OIDC_CLIENT_SECRET: provider.client.secret,
        AUTOMATE_API_TRUST_PROXY: 'true',
      },
    });
    provider.register(`${server.url}${CALLBACK}`);
    [first, second] = [await tenant('first'), await tenant('second')];
  });
  afterAll(async () => {
    await server?.close();
    await provider?.close();
  });

  async function tenant(slug: string): Promise<Asker> {
    const { id } = await server.automate.ensureTenant(slug);
    const { value } = await server.automate.apiKeys.create({ tenantId: id, name: slug, scopes: ['*'], isStaff: false });
    return askerOf(slug, server, { authorization: `Bearer ${value}` });
  }
  async function invite(by: Asker, email: string, role = 'admin'): Promise<string> {
    const { status, body, text } = await by.ask('POST', '/api/v1/invitations/', { email, role });
    expect(status, text).toBe(201);
    return tokenIn((body as { link: string }).link);
  }
  /** From another network each time: how often somebody may try is not what this is about. */
  const post = (browser: Browser, path: string, body?: unknown) => {
    serial += 1;
    return browser.call<Problem & Session>('POST', path, body, { 'x-forwarded-for': `198.51.${serial >> 8}.${serial & 255}` });
  };
  const accept = (browser: Browser, body: object) => post(browser, '/api/auth/accept-invitation/', body);
  const signIn = (email: string, password: string, code?: string) =>
    post(openBrowser(server.url), '/api/auth/sign-in/', { email, password, ...(code !== undefined && { code }) });
  const look = async (browser: Browser) => (await browser.call('GET', '/api/v1/workflows/')).status;
  const lookWith = async (key: string) =>
    (await server.call('GET', '/api/v1/workflows/', undefined, { authorization: `Bearer ${key}` })).status;
  const sessionOf = async (browser: Browser) => (await browser.call<Session>('GET', '/api/auth/session/')).body;
  const tenantsOf = async (browser: Browser) => (await sessionOf(browser)).tenants.map(({ slug }) => slug);

  /** An admin of the first tenant invites an address, accepts in its owner's place, and keeps whatever lets them in again. */
  async function take(email: string): Promise<Taken> {
    const browser = openBrowser(server.url);
    expect((await accept(browser, { token: await invite(first, email), name: 'Somebody', password: THEIRS })).status).toBe(200);
    const begun = await post(browser, '/api/auth/two-factor/', { password: THEIRS });
    const secret = new URL((begun.body as unknown as { uri: string }).uri).searchParams.get('secret') ?? '';
    expect((await post(browser, '/api/auth/two-factor/confirm/', { code: totp(secret) })).status).toBe(204);
    const make = async (headers: Record<string, string>) => {
      const body = { name: 'kept', scopes: ['*'] };
      return (await openBrowser(server.url).call<{ key: string }>('POST', '/api/v1/api-keys/', body, headers)).body.key;
    };
    const key = await make({ cookie: browser.cookie ?? '' });
    const childOfKey = await make({ authorization: `Bearer ${key}` });
    const { id } = (await sessionOf(browser)).user;
    const reset = await server.call<{ link: string }>('POST', `/api/v1/users/${id}/reset/`);
    expect([await look(browser), await lookWith(key), await lookWith(childOfKey), reset.status]).toEqual([200, 200, 200, 200]);
    return { email, browser, secret, key, childOfKey, resetToken: tokenIn(reset.body.link) };
  }

  /** Nothing that was kept opens anything. */
  async function opensNothing({ email, browser, secret, key, childOfKey, resetToken }: Taken): Promise<void> {
    for (const code of [undefined, totp(secret)]) expect((await signIn(email, THEIRS, code)).body.code).toBe('sign_in_failed');
    expect([await look(browser), await lookWith(key), await lookWith(childOfKey)]).toEqual([401, 401, 401]);
    const password = 'another phrase of whoever came first';
    const reset = await post(openBrowser(server.url), '/api/auth/reset-password/', { token: resetToken, password });
    expect([reset.status, reset.body.code]).toEqual([400, 'link_invalid']);
    const change = await post(browser, '/api/auth/password/', { current_password: THEIRS, new_password: password });
    expect(change.status).toBe(401);
  }

  /** The owner signs in at the provider. @returns their browser, or where they ended */
  async function arrive(email: string, subject = `subject of ${email}`) {
    provider.subject = subject;
    provider.people.set(subject, { email, email_verified: true, name: 'The owner' });
    const surfer = openSurfer();
    const end = await surfer.follow(
      `${server.url}/api/auth/oidc/start/`,
      (url) => url.origin === server.url && !url.pathname.startsWith('/api/'),
    );
    return { end: end.pathname + end.search, browser: surfer.on(server.url) };
  }

  it('opens nothing to who came first, once its owner has come by a provider and been invited elsewhere', async () => {
    const taken = await take('victim@example.com');
    expect((await sessionOf(taken.browser)).user.email_verified).toBe(false);
    const { browser, end } = await arrive(taken.email);
    expect([end, await look(browser)]).toEqual(['/', 200]);
    expect((await sessionOf(browser)).user.email_verified).toBe(true);
    await opensNothing(taken);
    // Invited by another tenant, they accept with their session alone: nobody else can be in the account.
    expect((await accept(browser, { token: await invite(second, taken.email) })).status).toBe(200);
    expect(await tenantsOf(browser)).toEqual(['first', 'second']);
    await opensNothing(taken);
    const { rows } = await server.automate.db.query<{ diff: object }>(
      `select diff from audit_entries where action = 'user.clear' order by created_at desc limit 1`,
    );
    expect(rows[0]?.diff).toMatchObject({ reason: 'oidc', had_password: true, had_second_factor: true, sessions: 1, revoked: 2 });
    // What they make from then on stays, however often they come in.
    const made = await browser.call<{ key: string }>('POST', '/api/v1/api-keys/', { name: 'own', scopes: ['workflows:read'] });
    await arrive(taken.email);
    expect(await lookWith(made.body.key)).toBe(200);
  });

  it('is not taken along into another tenant, even by its owner who knows the first password', async () => {
    const taken = await take('trusting@example.com');
    const browser = openBrowser(server.url);
    const came = await post(browser, '/api/auth/sign-in/', { email: taken.email, password: THEIRS, code: totp(taken.secret) });
    expect(came.status).toBe(200);
    const token = await invite(second, taken.email);
    const without = await accept(browser, { token });
    expect([without.status, without.body.errors?.map(({ pointer }) => pointer)]).toEqual([400, ['/password']]);
    expect((await accept(browser, { token, password: OWN })).status).toBe(200);
    expect(await tenantsOf(browser)).toEqual(['first', 'second']);
    await opensNothing(taken);
    expect((await signIn(taken.email, OWN)).status).toBe(200);
    // No more is known of who they are than before: the provider still decides.
    expect((await sessionOf(browser)).user.email_verified).toBe(false);
    const { browser: owner } = await arrive(taken.email);
    expect([(await signIn(taken.email, OWN)).status, await look(browser), await look(owner)]).toEqual([401, 401, 200]);
  });

  it('is not entered by another invitation alone, nor by its session alone', async () => {
    const taken = await take('between@example.com');
    const token = await invite(second, taken.email);
    const stranger = await accept(openBrowser(server.url), { token, name: 'Inviter', password: OWN });
    expect([stranger.status, stranger.body.code]).toEqual([401, 'unauthenticated']);
    expect([await look(taken.browser), (await signIn(taken.email, OWN)).status]).toEqual([200, 401]);
    expect(await tenantsOf(taken.browser)).toEqual(['first']);
  });

  it('is in doubt again when a password was chosen by a link that others saw, and all that came of it is void', async () => {
    const email = 'reset@example.com';
    await invite(second, email);
    const { browser } = await arrive(email);
    const own = (await browser.call<{ key: string }>('POST', '/api/v1/api-keys/', { name: 'own', scopes: ['*'] })).body.key;
    const { id } = (await sessionOf(browser)).user;
    const reset = await server.call<{ link: string }>('POST', `/api/v1/users/${id}/reset/`);
    const chosen = { token: tokenIn(reset.body.link), password: THEIRS };
    expect((await post(openBrowser(server.url), '/api/auth/reset-password/', chosen)).status).toBe(204);
    const thief = openBrowser(server.url);
    expect((await post(thief, '/api/auth/sign-in/', { email, password: THEIRS })).status).toBe(200);
    const stolen = (await thief.call<{ key: string }>('POST', '/api/v1/api-keys/', { name: 'kept', scopes: ['*'] })).body.key;
    const begun = await post(thief, '/api/auth/two-factor/', { password: THEIRS });
    const secret = new URL((begun.body as unknown as { uri: string }).uri).searchParams.get('secret') ?? '';
    expect((await post(thief, '/api/auth/two-factor/confirm/', { code: totp(secret) })).status).toBe(204);
    expect([await lookWith(own), await lookWith(stolen), await look(thief)]).toEqual([200, 200, 200]);
    const { browser: owner } = await arrive(email);
    expect([await lookWith(own), await lookWith(stolen), await look(thief), await look(owner)]).toEqual([200, 401, 401, 200]);
    expect((await signIn(email, THEIRS, totp(secret))).status).toBe(401);
  });

  it('is not linked to the next person with its address', async () => {
    const email = 'recycled@example.com';
    await invite(first, email);
    expect((await arrive(email, 'who left')).end).toBe('/');
    expect((await arrive(email, 'who came after')).end).toBe('/sign-in/?error=linked_to_another');
    const left = await arrive(email, 'who left');
    expect(left.end).toBe('/');
    // Until staff say that it is another's now: what the one who left had is void when the next one comes.
    const key = (await left.browser.call<{ key: string }>('POST', '/api/v1/api-keys/', { name: 'left', scopes: ['*'] })).body.key;
    const { id } = (await sessionOf(left.browser)).user;
    expect((await server.call('PATCH', `/api/v1/users/${id}/`, { unlink: true })).status).toBe(200);
    expect(await look(left.browser)).toBe(401);
    const next = await arrive(email, 'who came after');
    expect([next.end, await look(next.browser), await lookWith(key)]).toEqual(['/', 200, 401]);
    expect((await arrive(email, 'who left')).end).toBe('/sign-in/?error=linked_to_another');
  });

  it('has one answer to who holds an invitation, until they have given all that somebody new gives', async () => {
    await arrive((await take('asked@example.com')).email);
    const [known, unknown] = [await invite(second, 'asked@example.com'), await invite(second, 'nobody@example.com')];
    for (const given of [
      {},
      { name: 'x' },
      { password: OWN },
      { name: 'x', password: 'short' },
      { name: 'x', password: 'password1234' },
    ]) {
      const answers = [];
      for (const token of [known, unknown]) {
        const { status, body } = await accept(openBrowser(server.url), { token, ...given });
        answers.push([status, { ...body, trace_id: '' }]);
      }
      expect(answers[0], JSON.stringify(given)).toEqual(answers[1]);
      expect(answers[0]?.[0]).toBe(400);
    }
  });

  it('comes in once, by however many invitations at once', async () => {
    const email = 'race@example.com';
    const [one, two] = [await invite(first, email), await invite(second, email)];
    const given = { name: 'Racer', password: OWN };
    const replies = await Promise.all([one, one, two].map((token) => accept(openBrowser(server.url), { token, ...given })));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.every(({ status }) => [200, 400, 401].includes(status))).toBe(true);
    const { rows } = await server.automate.db.query('select 1 from users where email = $1', [email]);
    expect(rows).toHaveLength(1);
  });

  it('is not entered by an invitation that was used, taken back or replaced', async () => {
    const email = 'old@example.com';
    const replaced = await invite(first, email);
    const used = await invite(first, email);
    const given = { name: 'Old', password: OWN };
    expect((await accept(openBrowser(server.url), { token: replaced, ...given })).status).toBe(400);
    const browser = openBrowser(server.url);
    expect((await accept(browser, { token: used, ...given })).status).toBe(200);
    expect((await accept(browser, { token: used, ...given })).status).toBe(400);
    const made = await second.ask('POST', '/api/v1/invitations/', { email, role: 'viewer' });
    const { id, link } = made.body as { id: string; link: string };
    await second.ask('DELETE', `/api/v1/invitations/${id}/`);
    expect((await accept(browser, { token: tokenIn(link), password: THEIRS })).status).toBe(400);
    expect(await tenantsOf(browser)).toEqual(['first']);
  });

  it('is not made by an invitation whose maker could not make it any more', async () => {
    const member = async (role: string) => {
      const email = `${role}.${kind}.maker.${serial}@example.com`;
      const browser = openBrowser(server.url);
      expect((await accept(browser, { token: await invite(first, email, role), name: 'Maker', password: OWN })).status).toBe(200);
      const { body } = await first.ask('GET', `/api/v1/members/?email=${email}`);
      const by = askerOf(email, server, { cookie: browser.cookie ?? '', origin: server.url });
      return { by, path: `/api/v1/members/${(body as { results: { id: string }[] }).results[0]?.id}/` };
    };
    const come = async (token: string) => (await accept(openBrowser(server.url), { token, name: 'Guest', password: OWN })).status;
    const [demoted, removed, keeper] = [await member('admin'), await member('admin'), await member('admin')];
    const made = await keeper.by.ask('POST', '/api/v1/api-keys/', { name: 'k', scopes: ['*'] });
    const { id, key } = made.body as { id: string; key: string };
    const byKey = askerOf('key', server, { authorization: `Bearer ${key}` });
    const tokens = [
      await invite(demoted.by, 'by.demoted@example.com'),
      await invite(removed.by, 'by.removed@example.com'),
      await invite(byKey, 'by.key@example.com'),
      await invite(keeper.by, 'by.keeper@example.com'),
    ];
    await first.ask('PATCH', demoted.path, { role: 'viewer' });
    await first.ask('DELETE', removed.path);
    await keeper.by.ask('DELETE', `/api/v1/api-keys/${id}/`);
    expect(await Promise.all(tokens.map(come))).toEqual([400, 400, 400, 200]);
    expect((await arrive('by.demoted@example.com')).end).toBe('/sign-in/?error=no_account');
  });

  it('keeps no session that ended: neither by a change of tenant, nor by an invitation, a new password or a key', async () => {
    const email = 'stale@example.com';
    const browser = openBrowser(server.url);
    await accept(browser, { token: await invite(first, email), name: 'Stale', password: OWN });
    const { tenants } = (await browser.call<{ tenants: { id: string }[] }>('GET', '/api/auth/session/')).body;
    const token = await invite(second, email);
    // Ended in the database, and nobody was told: this process still knows it from memory.
    await server.automate.db.query('delete from sessions where user_id = (select id from users where email = $1)', [email]);
    const replies = await Promise.all([
      post(browser, '/api/auth/session/tenant/', { tenant_id: tenants[0]?.id }),
      accept(browser, { token, password: 'yet another good phrase' }),
      post(browser, '/api/auth/password/', { current_password: OWN, new_password: 'yet another good phrase' }),
      post(browser, '/api/v1/api-keys/', { name: 'kept', scopes: ['*'] }),
    ]);
    expect(replies.map(({ status, headers }) => [status, headers.get('set-cookie')])).toEqual(Array(4).fill([401, null]));
    expect((await signIn(email, OWN)).status).toBe(200);
  });
});

describe.each(databaseKinds)('a link that is mailed, on %s', (kind) => {
  let server: TestServer;
  let smtp: TestSmtpServer;
  beforeAll(async () => {
    smtp = await startSmtpServer();
    server = await createTestServer(kind, {
      hasWorker: false,
      environment: { AUTOMATE_SMTP_URL: smtp.url, AUTOMATE_MAIL_FROM: 'robots@example.com' },
    });
  });
  afterAll(async () => {
    await server?.close();
    await smtp?.close();
  });

  const mailedTo = async (email: string, count = 1) => {
    const mails = await eventually(
      async () => smtp.mails.filter(({ to }) => to === email),
      (found) => found.length >= count,
    );
    return tokenIn(/http\S+/.exec(mails.at(-1)?.text ?? '')?.[0]);
  };
  const post = (browser: Browser, path: string, body: unknown) => browser.call<Problem & Session>('POST', path, body);
  const sessionOf = async (browser: Browser) => (await browser.call<Session>('GET', '/api/auth/session/')).body;
  const signIn = async (email: string, password: string) =>
    (await post(openBrowser(server.url), '/api/auth/sign-in/', { email, password })).status;
  /** Made by staff, who see the link and choose the password. */
  async function takeByStaff(email: string): Promise<Browser> {
    const made = await server.call<{ link: string }>('POST', '/api/v1/users/', { email, name: 'Somebody', role: 'admin' });
    const browser = openBrowser(server.url);
    const chosen = { token: tokenIn(made.body.link), password: THEIRS };
    expect((await post(browser, '/api/auth/reset-password/', chosen)).status).toBe(204);
    expect((await post(browser, '/api/auth/sign-in/', { email, password: THEIRS })).status).toBe(200);
    expect((await sessionOf(browser)).user.email_verified).toBe(false);
    return browser;
  }

  it('is seen by nobody else, and proves the address of who comes by it', async () => {
    const invited = await server.call<{ link: null }>('POST', '/api/v1/invitations/', {
      email: 'new@example.com',
      role: 'viewer',
    });
    expect([invited.status, invited.body.link]).toEqual([201, null]);
    const browser = openBrowser(server.url);
    const token = await mailedTo('new@example.com');
    const given = { token, name: 'New', password: OWN };
    expect((await post(browser, '/api/auth/accept-invitation/', given)).status).toBe(200);
    expect((await sessionOf(browser)).user.email_verified).toBe(true);
    const owned = { slug: `mailed-${kind}`, name: 'Mailed', owner: 'owner@example.com' };
    const tenant = await server.call<{ invitation_link: null }>('POST', '/api/v1/tenants/', owned);
    expect([tenant.status, tenant.body.invitation_link]).toEqual([201, null]);
    expect(await mailedTo('owner@example.com')).toMatch(/^[\w-]{43}$/);
  });

  it('takes an account that was made in the name of who gets it: an invitation', async () => {
    const email = 'claimed@example.com';
    const thief = await takeByStaff(email);
    const { id } = await server.automate.ensureTenant('elsewhere');
    const key = await server.automate.apiKeys.create({ tenantId: id, name: 'k', scopes: ['*'], isStaff: false });
    const headers = { authorization: `Bearer ${key.value}` };
    await server.call('POST', '/api/v1/invitations/', { email, role: 'viewer' }, headers);
    const given = { token: await mailedTo(email), name: 'Owner', password: OWN };
    const browser = openBrowser(server.url);
    expect((await post(browser, '/api/auth/accept-invitation/', given)).status).toBe(200);
    expect((await sessionOf(browser)).user.email_verified).toBe(true);
    expect([
      (await thief.call('GET', '/api/v1/workflows/')).status,
      await signIn(email, THEIRS),
      await signIn(email, OWN),
    ]).toEqual([401, 401, 200]);
  });

  it('takes it as well: a forgotten password', async () => {
    const email = 'forgotten@example.com';
    const thief = await takeByStaff(email);
    const begun = await post(thief, '/api/auth/two-factor/', { password: THEIRS });
    const secret = new URL((begun.body as unknown as { uri: string }).uri).searchParams.get('secret') ?? '';
    expect((await post(thief, '/api/auth/two-factor/confirm/', { code: totp(secret) })).status).toBe(204);
    await post(openBrowser(server.url), '/api/auth/request-password-reset/', { email });
    const token = await mailedTo(email);
    expect((await post(openBrowser(server.url), '/api/auth/reset-password/', { token, password: OWN })).status).toBe(204);
    const browser = openBrowser(server.url);
    expect((await post(browser, '/api/auth/sign-in/', { email, password: OWN })).status, 'no second factor of the thief').toBe(
      200,
    );
    expect([(await sessionOf(browser)).user.email_verified, (await thief.call('GET', '/api/v1/workflows/')).status]).toEqual([
      true,
      401,
    ]);
  });

  it('keeps the second factor of who had proven the address', async () => {
    const email = 'careful@example.com';
    await server.call('POST', '/api/v1/invitations/', { email, role: 'viewer' });
    const browser = openBrowser(server.url);
    await post(browser, '/api/auth/accept-invitation/', { token: await mailedTo(email), name: 'Careful', password: OWN });
    const begun = await post(browser, '/api/auth/two-factor/', { password: OWN });
    const secret = new URL((begun.body as unknown as { uri: string }).uri).searchParams.get('secret') ?? '';
    expect((await post(browser, '/api/auth/two-factor/confirm/', { code: totp(secret) })).status).toBe(204);
    await post(openBrowser(server.url), '/api/auth/request-password-reset/', { email });
    const token = await mailedTo(email, 2);
    expect((await post(openBrowser(server.url), '/api/auth/reset-password/', { token, password: THEIRS })).status).toBe(204);
    const asked = await post(openBrowser(server.url), '/api/auth/sign-in/', { email, password: THEIRS });
    expect(asked.body.code).toBe('two_factor_required');
  });

  it('that went to an address of before opens nothing', async () => {
    const email = 'moved@example.com';
    await takeByStaff(email);
    await post(openBrowser(server.url), '/api/auth/request-password-reset/', { email });
    const token = await mailedTo(email);
    await server.automate.db.query(`update users set email = 'moved.away@example.com' where email = $1`, [email]);
    const reset = await post(openBrowser(server.url), '/api/auth/reset-password/', { token, password: OWN });
    expect([reset.status, reset.body.code]).toEqual([400, 'link_invalid']);
  });
});
