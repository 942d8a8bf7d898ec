import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { type Browser, openBrowser } from './support/browser.ts';
import { eventually } from './support/executions.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';
import { totp } from './support/totp.ts';

interface Session {
  readonly user: { readonly id: string; readonly email: string };
  readonly tenant: { readonly id: string; readonly slug: string };
  readonly role: string | null;
  readonly tenants: readonly { readonly id: string; readonly slug: string; readonly role: string }[];
  readonly permissions: readonly string[];
}
interface Problem {
  readonly code: string;
  readonly detail: string;
}

const PASSWORD = 'correct horse battery staple';
const owner = { email: 'Ada@Example.com', name: 'Ada', password: PASSWORD };

describe.each(databaseKinds)('people on %s', (kind) => {
  let server: TestServer;
  let ada: Browser;

  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false });
    ada = openBrowser(server.url);
  });
  afterAll(() => server?.close());

  const tokenIn = (link: string | undefined) => link?.split('#token=')[1] ?? '';

  async function invite(role: string, email: string, by: Browser = ada): Promise<Browser> {
    const invitation = await by.call<{ link: string }>('POST', '/api/v1/invitations/', { email, role });
    expect(invitation.status, JSON.stringify(invitation.body)).toBe(201);
    const person = openBrowser(server.url);
    const accepted = await person.call('POST', '/api/auth/accept-invitation/', {
      token: tokenIn(invitation.body.link),
      name: email.split('@')[0],
      password: PASSWORD,
    });
    expect(accepted.status, JSON.stringify(accepted.body)).toBe(200);
    return person;
  }
  const look = async (browser: Browser) => (await browser.call('GET', '/api/v1/workflows/')).status;
  const audited = async (action: string) =>
    (await server.automate.db.query<{ actor: string }>('select actor from audit_entries where action = $1', [action])).rows;

  it('are let in first by the link of the start, once', async () => {
    const link = await server.automate.startLink();
    expect(link).toMatch(/^\/setup\/#token=[\w-]{43}$/);
    const token = tokenIn(link);
    for (const [body, status] of [
      [{ ...owner, token: 'x'.repeat(43) }, 400],
      [{ ...owner, token: '' }, 400],
      [{ ...owner, token: null }, 400],
      [{ ...owner, token, password: 'short' }, 400],
      [{ ...owner, token, password: 'password12345' }, 400],
      [{ ...owner, token, password: 'ada@example.com' }, 400],
    ] as const)
      expect((await ada.call('POST', '/api/auth/setup/', body)).status, JSON.stringify(body)).toBe(status);
    const both = await Promise.all([
      ada.call('POST', '/api/auth/setup/', { ...owner, token }),
      openBrowser(server.url).call('POST', '/api/auth/setup/', { ...owner, token }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 400]);
    const other = both[0]?.status === 201 ? undefined : await signIn(owner.email);
    if (other) ada = other;
    const { body } = await ada.call<Session>('GET', '/api/auth/session/');
    expect(body).toMatchObject({ kind: 'user', role: 'owner', is_staff: true, user: { email: 'ada@example.com', name: 'Ada' } });
    expect(body.permissions).toEqual(['manage_secrets', 'publish_prompt', 'publish_workflow', 'view_raw_payload', 'view_studio']);
    const again = await server.automate.startLink();
    expect(again).toMatch(/^\/sign-in\/#token=/);
    const byLink = openBrowser(server.url);
    expect((await byLink.call('POST', '/api/auth/link/', { token: tokenIn(again) })).status).toBe(200);
    expect(await look(byLink)).toBe(200);
    expect((await byLink.call('POST', '/api/auth/link/', { token: tokenIn(again) })).status).toBe(400);
  });

  async function signIn(email: string, password = PASSWORD, code?: string): Promise<Browser> {
    const browser = openBrowser(server.url);
    const reply = await browser.call('POST', '/api/auth/sign-in/', { email, password, ...(code && { code }) });
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    return browser;
  }

  it('sign in and out; the cookie is strict, and the table of sessions lets nobody in', async () => {
    const browser = openBrowser(server.url);
    const reply = await browser.call('POST', '/api/auth/sign-in/', { email: 'ADA@example.com', password: PASSWORD });
    const cookie = reply.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^__Host-automate_session=/);
    for (const part of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']) expect(cookie).toContain(part);
    expect(cookie).not.toContain('Domain');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const token = decodeURIComponent(browser.cookie?.split('=').slice(1).join('=') ?? '').split('.')[0] ?? '';
    expect(token.length).toBeGreaterThan(20);
    const { rows } = await server.automate.db.query<{ line: string; stored: string }>(
      `select s::text as line, encode(hash, 'base64') as stored from sessions s`,
    );
    expect(rows.some(({ line }) => line.includes(token))).toBe(false);
    for (const { stored } of rows.slice(0, 1)) {
      for (const forged of [stored, `${stored}.`, `${stored}.${'A'.repeat(43)}=`, `${token}.AAAA`]) {
        const thief = openBrowser(server.url);
        thief.cookie = `__Host-automate_session=${encodeURIComponent(forged)}`;
        expect(await look(thief)).toBe(401);
      }
    }
    expect(await look(browser)).toBe(200);
    const copy = openBrowser(server.url);
    copy.cookie = browser.cookie;
    expect((await browser.call('POST', '/api/auth/sign-out/')).status).toBe(204);
    expect(await look(copy)).toBe(401);
    expect((await audited('session.sign_in')).length).toBeGreaterThan(1);
    expect(await audited('session.sign_out')).toHaveLength(1);
  });

  it('cannot be used by pages of other sites', async () => {
    const body = { email: 'x@example.com', role: 'viewer' };
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: new URL(server.url).origin, 'sec-fetch-site': 'cross-site' },
      { origin: new URL(server.url).origin, 'sec-fetch-site': 'same-site' },
      { origin: '' },
    ]) {
      const reply = await ada.call<Problem>('POST', '/api/v1/invitations/', body, headers);
      expect([reply.status, reply.body.code], JSON.stringify(headers)).toEqual([403, 'csrf']);
    }
    expect((await ada.call('GET', '/api/v1/invitations/', undefined, { origin: 'https://evil.example' })).status).toBe(200);
    const login = await openBrowser(server.url).call<Problem>('POST', '/api/auth/sign-in/', owner, {
      origin: 'https://evil.example',
    });
    expect([login.status, login.body.code]).toEqual([400, 'invalid_input']);
    const { name: _, ...credentials } = owner;
    const foreign = await openBrowser(server.url).call<Problem>('POST', '/api/auth/sign-in/', credentials, {
      origin: 'https://evil.example',
    });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'csrf']);
    const plain = await openBrowser(server.url).call<Problem>('POST', '/api/auth/sign-in/', credentials, {
      origin: 'http://automate.example',
      host: 'automate.example',
    });
    expect([403, 400]).toContain(plain.status);
  });

  it('may do what their role says, in the API', async () => {
    const [viewer, operator, editor] = [
      await invite('viewer', 'viewer@example.com'),
      await invite('operator', 'operator@example.com'),
      await invite('editor', 'editor@example.com'),
    ];
    const event = { event_type: 'x', payload: {} };
    const secret = { name: 'S', value: 'a secret value' };
    const stored = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
      name: 'To run',
      graph: { nodes: [{ id: 'log', type: 'core.log', config: { message: 'ran' } }], edges: [] },
    });
    const statuses = async (browser: Browser) => [
      await look(browser),
      (await browser.call('POST', `/api/v1/workflows/${stored.body.id}/run/`, {})).status,
      (await browser.call('POST', '/api/v1/events/', event)).status,
      (await browser.call('POST', '/api/v1/workflows/', {})).status,
      (await browser.call('GET', '/api/v1/secrets/')).status,
      (await browser.call('POST', '/api/v1/secrets/', secret)).status,
      (await browser.call('GET', '/api/v1/api-keys/')).status,
      (await browser.call('GET', '/api/v1/users/')).status,
      (await browser.call('POST', '/api/v1/invitations/', { email: 'more@example.com', role: 'viewer' })).status,
    ];
    expect(await statuses(viewer)).toEqual([200, 403, 403, 403, 403, 403, 403, 403, 403]);
    expect(await statuses(operator)).toEqual([200, 202, 202, 403, 403, 403, 403, 403, 403]);
    expect(await statuses(editor)).toEqual([200, 202, 202, 400, 200, 403, 403, 403, 403]);
    expect(await statuses(ada)).toEqual([200, 202, 202, 400, 200, 201, 200, 200, 201]);
  });

  it('lose at once what they lose: role, membership, account', async () => {
    const eve = await invite('admin', 'eve@example.com');
    const made = await eve.call<{ key: string }>('POST', '/api/v1/api-keys/', {
      name: 'mine',
      scopes: ['secrets:*', 'workflows:read'],
    });
    const withKey = async (path: string) =>
      (await server.call('GET', path, undefined, { authorization: `Bearer ${made.body.key}` })).status;
    expect([await withKey('/api/v1/secrets/'), await withKey('/api/v1/workflows/')]).toEqual([200, 200]);
    const members = await ada.call<{ results: { id: string; email: string; user_id: string }[] }>(
      'GET',
      '/api/v1/members/?limit=100',
    );
    const member = members.body.results.find(({ email }) => email === 'eve@example.com');
    expect((await ada.call('PATCH', `/api/v1/members/${member?.id}/`, { role: 'viewer' })).status).toBe(200);
    expect((await eve.call('GET', '/api/v1/secrets/')).status).toBe(403);
    expect(
      [await withKey('/api/v1/secrets/'), await withKey('/api/v1/workflows/')],
      'a key never does more than its maker',
    ).toEqual([403, 200]);
    await ada.call('PATCH', `/api/v1/users/${member?.user_id}/`, { disabled: true });
    expect([await look(eve), await withKey('/api/v1/workflows/')]).toEqual([401, 401]);
    await ada.call('PATCH', `/api/v1/users/${member?.user_id}/`, { disabled: false });
    expect(await withKey('/api/v1/workflows/')).toBe(200);
    expect((await ada.call('DELETE', `/api/v1/members/${member?.id}/`)).status).toBe(204);
    expect(await withKey('/api/v1/workflows/')).toBe(401);
    const gone = await openBrowser(server.url).call('POST', '/api/auth/sign-in/', {
      email: 'eve@example.com',
      password: PASSWORD,
    });
    expect(gone.status).toBe(403);
  });

  it('keep owners among themselves, and at least one', async () => {
    const admin = await invite('admin', 'admin@example.com');
    const list = await ada.call<{ results: { id: string; role: string }[] }>('GET', '/api/v1/members/?role=owner');
    const [first] = list.body.results;
    expect((await admin.call('PATCH', `/api/v1/members/${first?.id}/`, { role: 'viewer' })).status).toBe(403);
    expect((await admin.call('POST', '/api/v1/invitations/', { email: 'o@example.com', role: 'owner' })).status).toBe(403);
    expect((await admin.call('DELETE', `/api/v1/members/${first?.id}/`)).status).toBe(403);
    const last = await ada.call<Problem>('PATCH', `/api/v1/members/${first?.id}/`, { role: 'admin' });
    expect([last.status, last.body.code]).toEqual([409, 'last_owner']);
    const self = (await ada.call<Session>('GET', '/api/auth/session/')).body.user.id;
    expect((await ada.call('PATCH', `/api/v1/users/${self}/`, { disabled: true })).status).toBe(409);
  });

  it('are given no role that may do more than who gives it', async () => {
    const scopes = ['members:read', 'members:write', 'tenant:read'];
    const key = await server.call<{ key: string }>('POST', '/api/v1/api-keys/', { name: 'members alone', scopes });
    const theirs = { authorization: `Bearer ${key.body.key}` };
    for (const role of ['viewer', 'editor', 'admin']) {
      const reply = await server.call<Problem>('POST', '/api/v1/invitations/', { email: 'more@example.com', role }, theirs);
      expect([role, reply.status, reply.body.detail]).toEqual([role, 403, expect.stringContaining('grants more than you have')]);
    }
    const list = await server.call<{ results: { id: string }[] }>('GET', '/api/v1/members/?role=admin', undefined, theirs);
    const admin = list.body.results[0]?.id;
    expect((await server.call('PATCH', `/api/v1/members/${admin}/`, { role: 'viewer' }, theirs)).status).toBe(403);
    expect((await server.call('DELETE', `/api/v1/members/${admin}/`, undefined, theirs)).status).toBe(403);
  });

  it('are not disabled as the last owner of a tenant, by nobody', async () => {
    const made = await server.call<{ id: string; invitation_link: string }>('POST', '/api/v1/tenants/', {
      slug: 'owned',
      name: 'Owned',
      owner: 'sole@example.com',
    });
    const sole = openBrowser(server.url);
    const credentials = { token: tokenIn(made.body.invitation_link), name: 'Sole', password: PASSWORD };
    expect((await sole.call('POST', '/api/auth/accept-invitation/', credentials)).status).toBe(200);
    const userOf = async (browser: Browser) => (await browser.call<Session>('GET', '/api/auth/session/')).body.user.id;
    const disable = async (id: string, disabled = true) => server.call<Problem>('PATCH', `/api/v1/users/${id}/`, { disabled });
    const [soleId, refused] = [await userOf(sole), await disable(await userOf(sole))];
    expect([refused.status, refused.body.code]).toEqual([409, 'last_owner']);
    expect(await look(sole), 'and nothing of it has happened').toBe(200);
    // With a second owner either may be disabled, and not both, however close together.
    const second = await invite('owner', 'coowner@example.com', sole);
    const secondId = await userOf(second);
    const both = await Promise.all([disable(soleId), disable(secondId)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [stayed, left] = both[0]?.status === 409 ? ([sole, secondId] as const) : ([second, soleId] as const);
    // Who is disabled is no owner to leave a tenant to.
    const members = await stayed.call<{ results: { id: string; user_id: string }[] }>('GET', '/api/v1/members/?role=owner');
    const own = members.body.results.find(({ user_id }) => user_id !== left);
    const leaving = await stayed.call<Problem>('DELETE', `/api/v1/members/${own?.id}/`);
    expect([leaving.status, leaving.body.code]).toEqual([409, 'last_owner']);
    expect((await disable(left, false)).status).toBe(200);
    expect((await stayed.call('DELETE', `/api/v1/members/${own?.id}/`)).status).toBe(204);
  });

  it('belong to several tenants and work in one of them', async () => {
    const made = await ada.call<{ id: string }>('POST', '/api/v1/tenants/', { slug: 'second', name: 'Second' });
    expect(made.status).toBe(201);
    const key = await server.automate.apiKeys.create({ tenantId: made.body.id, name: 'k', scopes: ['*'], isStaff: true });
    const theirs = { authorization: `Bearer ${key.value}` };
    const invitation = await server.call<{ link: string }>(
      'POST',
      '/api/v1/invitations/',
      { email: 'ada@example.com', role: 'editor' },
      theirs,
    );
    const token = tokenIn(invitation.body.link);
    expect(
      (await openBrowser(server.url).call('POST', '/api/auth/accept-invitation/', { token, name: 'x', password: PASSWORD }))
        .status,
    ).toBe(401);
    const accepted = await ada.call('POST', '/api/auth/accept-invitation/', { token });
    expect(accepted.status).toBe(200);
    const there = await ada.call<Session>('GET', '/api/auth/session/');
    expect(there.body).toMatchObject({ tenant: { slug: 'second' }, role: 'editor' });
    expect(there.body.tenants.map(({ slug, role }) => [slug, role])).toEqual([
      ['default', 'owner'],
      ['second', 'editor'],
    ]);
    const old = openBrowser(server.url);
    old.cookie = ada.cookie;
    const home = there.body.tenants[0]?.id;
    expect((await ada.call('POST', '/api/auth/session/tenant/', { tenant_id: home })).status).toBe(200);
    expect((await ada.call<Session>('GET', '/api/auth/session/')).body).toMatchObject({
      tenant: { slug: 'default' },
      role: 'owner',
    });
    expect(await look(old), 'the token was rotated').toBe(401);
    const nowhere = await ada.call('POST', '/api/auth/session/tenant/', { tenant_id: '01a20a02-0000-7000-8000-000000000000' });
    expect(nowhere.status).toBe(404);
  });

  it('enter a new tenant as its owner, whoever made it', async () => {
    const body = { slug: 'third', name: 'Third', owner: 'Grace@Example.com' };
    const made = await server.call<{ id: string; invitation_link: string }>('POST', '/api/v1/tenants/', body);
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const grace = openBrowser(server.url);
    const token = tokenIn(made.body.invitation_link);
    const accepted = await grace.call('POST', '/api/auth/accept-invitation/', { token, name: 'Grace', password: PASSWORD });
    expect(accepted.status, JSON.stringify(accepted.body)).toBe(200);
    const session = await grace.call<Session>('GET', '/api/auth/session/');
    expect(session.body).toMatchObject({ tenant: { id: made.body.id, slug: 'third' }, role: 'owner' });
    expect((await grace.call('POST', '/api/v1/tenants/', { ...body, slug: 'fourth' })).status, 'owners are no staff').toBe(403);
    const lonely = await server.call<{ invitation_link: null }>('POST', '/api/v1/tenants/', { slug: 'fifth', name: 'Fifth' });
    expect(lonely.body.invitation_link).toBeNull();
  });

  it('see and end their sessions; a new password ends the others', async () => {
    const email = 'many@example.com';
    const one = await invite('viewer', email);
    const [two, three] = [await signIn(email), await signIn(email)];
    type Own = { results: { id: string; is_current: boolean }[] };
    const { results } = (await one.call<Own>('GET', '/api/auth/sessions/')).body;
    expect([results.length, results.filter(({ is_current }) => is_current).length]).toEqual([3, 1]);
    const current = (await two.call<Own>('GET', '/api/auth/sessions/')).body.results.find(({ is_current }) => is_current);
    expect((await one.call('DELETE', `/api/auth/sessions/${current?.id}/`)).status).toBe(204);
    expect((await ada.call('DELETE', `/api/auth/sessions/${results[0]?.id}/`)).status, 'another’s').toBe(404);
    expect([await look(one), await look(two), await look(three)]).toEqual([200, 401, 200]);
    const wrong = await one.call('POST', '/api/auth/password/', {
      current_password: 'wrong',
      new_password: 'a much better phrase',
    });
    expect(wrong.status).toBe(401);
    const before = openBrowser(server.url);
    before.cookie = one.cookie;
    const changed = await one.call('POST', '/api/auth/password/', {
      current_password: PASSWORD,
      new_password: 'a much better phrase',
    });
    expect(changed.status).toBe(204);
    expect([await look(one), await look(before), await look(three)]).toEqual([200, 401, 401]);
    await signIn(email, 'a much better phrase');
  });

  it('have a second factor, which nothing gets around', async () => {
    const email = 'second@example.com';
    const browser = await invite('viewer', email);
    const other = await signIn(email);
    expect((await browser.call('POST', '/api/auth/two-factor/', { password: 'wrong' })).status).toBe(401);
    const begun = await browser.call<{ uri: string; backup_codes: string[] }>('POST', '/api/auth/two-factor/', {
      password: PASSWORD,
    });
    expect(begun.body.uri).toMatch(/^otpauth:\/\/totp\//);
    await signIn(email); // not confirmed yet
    const secret = new URL(begun.body.uri).searchParams.get('secret') ?? '';
    expect((await browser.call('POST', '/api/auth/two-factor/confirm/', { code: '000000' })).status).toBe(401);
    expect((await browser.call('POST', '/api/auth/two-factor/confirm/', { code: totp(secret) })).status).toBe(204);
    expect([await look(browser), await look(other)], 'sessions from before have ended').toEqual([200, 401]);
    const attempt = (code?: string) =>
      openBrowser(server.url).call<Problem>('POST', '/api/auth/sign-in/', {
        email,
        password: PASSWORD,
        ...(code !== undefined && { code }),
      });
    const without = await attempt();
    expect([without.status, without.body.code, without.headers.get('set-cookie')]).toEqual([401, 'two_factor_required', null]);
    expect((await attempt('000000')).body.code).toBe('sign_in_failed');
    await signIn(email, PASSWORD, totp(secret, 1));
    const [backup = ''] = begun.body.backup_codes;
    await signIn(email, PASSWORD, backup);
    expect((await attempt(backup)).status, 'a backup code works once').toBe(401);
    const stored = await server.automate.db.query<{ line: string }>('select t::text as line from second_factors t');
    expect(stored.rows.some(({ line }) => line.includes(secret) || line.includes(backup))).toBe(false);
    expect((await browser.call('POST', '/api/auth/two-factor/disable/', { password: PASSWORD })).status).toBe(204);
    await signIn(email);
  });

  it('choose a new password by a link, which works once and signs nobody in', async () => {
    const email = 'forgetful@example.com';
    const browser = await invite('viewer', email);
    const { results } = (await ada.call<{ results: { id: string }[] }>('GET', `/api/v1/users/?email=${email}`)).body;
    const reset = await ada.call<{ link: string }>('POST', `/api/v1/users/${results[0]?.id}/reset/`);
    const token = tokenIn(reset.body.link);
    const weak = await browser.call('POST', '/api/auth/reset-password/', { token, password: 'forgetful123' });
    expect(weak.status).toBe(400);
    const password = 'remembered this time';
    const done = await openBrowser(server.url).call('POST', '/api/auth/reset-password/', { token, password });
    expect([done.status, done.headers.get('set-cookie')]).toEqual([204, null]);
    expect(await look(browser)).toBe(401);
    expect((await browser.call('POST', '/api/auth/reset-password/', { token, password })).status).toBe(400);
    await signIn(email, password);
  });

  it('cannot be guessed: attempts are limited by account and network, and say nothing', async () => {
    const email = 'target@example.com';
    await invite('viewer', email);
    const attempt = (given: string, password: string) =>
      openBrowser(server.url).call<Problem>('POST', '/api/auth/sign-in/', { email: given, password });
    const [wrong, unknown] = [await attempt(email, 'wrong password!'), await attempt('nobody@example.com', 'wrong password!')];
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect([wrong.body.code, wrong.body.detail]).toEqual([unknown.body.code, unknown.body.detail]);
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await attempt(email, `wrong password ${count}`)).status);
    expect(statuses.slice(0, 9)).toEqual(Array(9).fill(401));
    expect(statuses.slice(9)).toEqual([429, 429, 429]);
    const locked = await attempt(email, PASSWORD);
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    expect(await audited('session.sign_in_failed')).not.toEqual([]);
    const forgotten = await openBrowser(server.url).call('POST', '/api/auth/request-password-reset/', {
      email: 'nobody@example.com',
    });
    expect(forgotten.status).toBe(202);
  });
});

describe.each(databaseKinds)('guessing on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, {
      hasWorker: false,
      environment: {
        AUTOMATE_BOOTSTRAP_EMAIL: 'boss@example.com',
        AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD,
        AUTOMATE_API_TRUST_PROXY: 'true',
      },
    });
  });
  afterAll(() => server?.close());

  async function attempt(address: string, email: string, password = 'a wrong password'): Promise<number> {
    const headers = { authorization: '', 'x-forwarded-for': address };
    const reply = await server.call<Problem>('POST', '/api/auth/sign-in/', { email, password }, headers);
    if (reply.status === 429) expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    return reply.status;
  }
  /** One after the other, so that no limit but that of attempts holds them off. */
  async function attempts(count: number, one: (index: number) => Promise<number>): Promise<Record<number, number>> {
    const seen: Record<number, number> = {};
    for (let index = 0; index < count; index += 1) {
      const status = await one(index);
      seen[status] = (seen[status] ?? 0) + 1;
    }
    return seen;
  }

  it('at one account ends after ten attempts from a network, and does not lock out its owner elsewhere', async () => {
    expect(await attempts(12, () => attempt('198.51.100.1', 'boss@example.com'))).toEqual({ 401: 10, 429: 2 });
    expect(await attempt('198.51.100.1', 'boss@example.com', PASSWORD), 'not even with the right one').toBe(429);
    expect(await attempt('198.51.100.2', 'boss@example.com', PASSWORD)).toBe(200);
    // Whoever has one IPv6 address has 2^64 of them.
    const seen = await attempts(12, (index) => attempt(`2001:db8:0:1::${index + 1}`, 'boss@example.com'));
    expect(seen).toEqual({ 401: 10, 429: 2 });
    expect(await attempt('2001:db8:0:2::1', 'boss@example.com', PASSWORD)).toBe(200);
  });

  it('at many accounts ends after a hundred attempts from a network', async () => {
    expect(await attempts(102, (index) => attempt('203.0.113.5', `p${index}@example.com`))).toEqual({ 401: 100, 429: 2 });
    expect(await attempt('203.0.113.5', 'boss@example.com', PASSWORD)).toBe(429);
    expect(await attempt('203.0.113.6', 'boss@example.com', PASSWORD)).toBe(200);
  });

  it('at one account from everywhere ends after a hundred attempts', async () => {
    const seen = await attempts(102, (index) => attempt(`192.0.2.${index}`, 'somebody@example.com'));
    expect(seen).toEqual({ 401: 100, 429: 2 });
  });
});

/** On the thread of the event loop a thousand hashes take half a minute at least, and all of it on a machine with other work. */
const STARVING_MS = 15_000;

it.each(databaseKinds)('a thousand sign-ins at once leave the server answering on %s', async (kind) => {
  const database = await createTestDatabase(kind);
  // In a process of its own, so that what is measured is the server and not the thousand that send.
  const server = await startServerProcess(database, {
    AUTOMATE_BOOTSTRAP_TOKEN: 'a-token-that-only-people-tests-use',
    AUTOMATE_BOOTSTRAP_EMAIL: 'boss@example.com',
    AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD,
    AUTOMATE_API_TRUST_PROXY: 'true',
  });
  const signIn = (index: number, email: string, password: string) =>
    fetch(`${server.url}/api/auth/sign-in/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.51.${index >> 8}.${index & 255}` },
      body: JSON.stringify({ email, password }),
    });
  await longestDelay(server); // begins anew with each look
  const startedAt = performance.now();
  let hashing = 0;
  let isOver = false;
  const probes: { readonly path: string; readonly status: number; readonly ms: number; readonly isWhileHashing: boolean }[] = [];
  const probe = async (path: string) => {
    while (!isOver) {
      const isWhileHashing = hashing > 0;
      const start = performance.now();
      const { status } = await server.call('GET', path);
      probes.push({ path, status, ms: performance.now() - start, isWhileHashing: isWhileHashing && hashing > 0 });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  // One that needs nothing but the event loop, and one that asks the database.
  const probing = Promise.all([probe('/health/live/'), probe('/api/v1/workflows/')]);
  // From a thousand addresses and for a thousand accounts, so that no limit but that of the hashing holds them off.
  const replies = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      hashing += 1;
      const isGood = index < 10;
      const [email, password] = isGood ? ['boss@example.com', PASSWORD] : [`p${index}@example.com`, 'a wrong password'];
      const response = await signIn(index, email, password);
      await response.arrayBuffer();
      hashing -= 1;
      return { status: response.status, isGood, retryAfter: response.headers.get('retry-after') };
    }),
  );
  const starving = Math.max(STARVING_MS, (performance.now() - startedAt) / 2);
  isOver = true;
  await probing;
  const delay = await longestDelay(server);
  const counted = Object.groupBy(replies, ({ status }) => status);
  expect(Object.keys(counted).sort()).toEqual(['200', '401', '503']);
  expect(replies.every(({ status, isGood }) => status === 503 || (status === 200) === isGood)).toBe(true);
  // Fifty are let in at a time; the others are told when to come back, and nothing else keeps them off.
  expect(counted[401]?.length).toBeGreaterThanOrEqual(30);
  expect(counted[503]?.length).toBeGreaterThan(500);
  expect(new Set(counted[503]?.map(({ retryAfter }) => retryAfter))).toEqual(new Set(['5']));
  expect(new Set(probes.map(({ status }) => status))).toEqual(new Set([200]));
  for (const path of ['/health/live/', '/api/v1/workflows/'])
    expect(probes.filter((one) => one.path === path && one.isWhileHashing).length, path).toBeGreaterThan(10);
  expect(Math.max(...probes.map(({ ms }) => ms)), 'the slowest other reply').toBeLessThan(starving);
  expect(delay, 'the longest delay of the event loop').toBeLessThan(starving);
  // Whoever was turned away comes in a moment later.
  const again = await eventually(
    async () => (await signIn(7, 'boss@example.com', PASSWORD)).status,
    (status) => status === 200,
  );
  expect(again).toBe(200);
  await server.stop();
  await database.dispose();
});

/** Of the server's event loop since it was last asked, milliseconds, as the server measures it. */
async function longestDelay(server: ServerProcess): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const seconds = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1];
  expect(seconds).toBeDefined();
  return Number(seconds) * 1_000;
}
