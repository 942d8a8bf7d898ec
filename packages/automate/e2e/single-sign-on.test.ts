import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../src/kernel/index.ts';
import { readSettings } from '../src/platform/index.ts';
import { builtInFeatures } from '../src/server/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { openBrowser } from './support/browser.ts';
import { HOSTILE_CLIENT, type HostileProvider, startHostileProvider, type Tricks } from './support/hostile-provider.ts';
import { type RealProvider, startRealProvider } from './support/real-provider.ts';
import { openSurfer, type Surfer } from './support/surfer.ts';

interface Session {
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly role: string;
  readonly tenant: { readonly slug: string };
}
interface Options {
  readonly needs_setup: boolean;
  readonly oidc: { readonly name: string; readonly url: string } | null;
  readonly mail: boolean;
}

const PASSWORD = 'correct horse battery staple';
const BOSS = { AUTOMATE_BOOTSTRAP_EMAIL: 'ada@example.com', AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD };
const START = '/api/auth/oidc/start/';
const CALLBACK = '/api/auth/oidc/callback/';

const settingsOf = (issuer: string, { id, secret }: { id: string; secret: string }) => ({
  AUTOMATE_OIDC_ISSUER: issuer,
  AUTOMATE_OIDC_CLIENT_ID: id,
  AUTOMATE_OIDC_CLIENT_SECRET: secret,
  AUTOMATE_OIDC_NAME: 'The company',
});
const isOurs = (server: TestServer) => (url: URL) => url.origin === server.url && !url.pathname.startsWith('/api/');
/** Where a browser ends that begins to sign in. */
const goThrough = (server: TestServer, surfer: Surfer, start = START) =>
  surfer.follow(new URL(start, server.url), isOurs(server)).then(({ pathname, search, hash }) => pathname + search + hash);
const sessionOf = (server: TestServer, surfer: Surfer) => surfer.on(server.url).call<Session>('GET', '/api/auth/session/');
const hasSession = (server: TestServer, surfer: Surfer) => surfer.cookies(server.url).includes('automate_session');

describe.each(databaseKinds)('signing in with a provider on %s', (kind) => {
  let server: TestServer;
  let provider: RealProvider;
  beforeAll(async () => {
    provider = await startRealProvider();
    server = await createTestServer(kind, {
      hasWorker: false,
      environment: { ...BOSS, ...settingsOf(provider.issuer, provider.client) },
    });
    provider.register(`${server.url}${CALLBACK}`);
  });
  beforeEach(() => {
    provider.denies = false;
  });
  afterAll(async () => {
    await server?.close();
    await provider?.close();
  });

  /** Somebody with claims sits down before a browser of their own. */
  function meet(subject: string, claims: Parameters<RealProvider['people']['set']>[1]): Surfer {
    provider.subject = subject;
    provider.people.set(subject, claims);
    return openSurfer();
  }
  const audited = async (action: string) =>
    (
      await server.automate.db.query<{ actor: string; diff: Record<string, unknown> }>(
        'select actor, diff from audit_entries where action = $1 order by seq',
        [action],
      )
    ).rows;
  const users = async () => (await server.automate.db.query('select id from users')).rows.length;
  const invite = (email: string, role = 'editor') =>
    server.call<{ id: string; link: string }>('POST', '/api/v1/invitations/', { email, role });

  it('is offered to whoever asks which ways in there are', async () => {
    const { status, body, headers } = await openBrowser(server.url).call<Options>('GET', '/api/auth/options/');
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({ needs_setup: false, oidc: { name: 'The company', url: START }, mail: false });
  });

  it('lets in whose verified address an account has, links it, and knows it by its subject from then on', async () => {
    const ada = meet('subject-ada', { email: 'Ada@Example.com', email_verified: true, name: 'Somebody else' });
    expect(await goThrough(server, ada, `${START}?next=/studio/executions/%3Fa=b%26c%23d`)).toBe('/studio/executions/?a=b&c#d');
    const { status, body } = await sessionOf(server, ada);
    expect([status, body.user.email, body.user.name, body.role]).toEqual([200, 'ada@example.com', 'ada', 'owner']);
    const linked = [
      expect.objectContaining({ actor: `user:${body.user.id}`, diff: { issuer: provider.issuer, subject: 'subject-ada' } }),
    ];
    expect(await audited('user.link')).toEqual(linked);
    expect((await audited('session.sign_in')).at(-1)).toMatchObject({ actor: `user:${body.user.id}`, diff: { way: 'oidc' } });
    // The address is another's now, unverified at that: the subject is what counts.
    const again = meet('subject-ada', { email: 'ada.new@example.com', email_verified: false });
    expect(await goThrough(server, again)).toBe('/');
    expect((await sessionOf(server, again)).body.user.id).toBe(body.user.id);
    expect(await audited('user.link')).toHaveLength(1);
    const stored = await server.automate.db.query<{ line: string }>('select i::text as line from identities i');
    expect(
      stored.rows.some(({ line }) => /eyJ|access/.test(line)),
      'no token of the provider is kept',
    ).toBe(false);
  });

  it('sets the same strict cookie as a password does, and binds the journey to the browser by another', async () => {
    const surfer = meet('subject-ada', {});
    const begun = await surfer.visit(`${server.url}${START}`);
    expect([begun.status, begun.headers.get('cache-control')]).toEqual([302, 'no-store']);
    const cookie = begun.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^__Host-automate_oidc=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const there = new URL(begun.headers.get('location') ?? '');
    expect(Object.fromEntries(there.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: `${server.url}${CALLBACK}`,
    });
    const back = await surfer.follow(there, ({ pathname }) => pathname === CALLBACK);
    const arrived = await surfer.visit(back);
    expect(arrived.headers.get('set-cookie')).toMatch(
      /^__Host-automate_session=[^;]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('lets nobody in by an address that is not verified', async () => {
    const before = await users();
    const invitation = await invite('invited.unverified@example.com');
    expect(invitation.status).toBe(201);
    for (const claims of [
      { email: 'ada@example.com', email_verified: false },
      { email: 'ada@example.com' },
      { email: 'invited.unverified@example.com', email_verified: false },
      { email_verified: true },
      {},
    ]) {
      const surfer = meet(`subject-of-${JSON.stringify(claims)}`, claims);
      expect(await goThrough(server, surfer), JSON.stringify(claims)).toBe('/sign-in/?error=no_account');
      expect(hasSession(server, surfer)).toBe(false);
    }
    expect(await users()).toBe(before);
    expect(await audited('user.link')).toHaveLength(1);
  });

  it('lets nobody in who has neither account nor invitation', async () => {
    const before = await users();
    const revoked = await invite('revoked@example.com');
    expect((await server.call('DELETE', `/api/v1/invitations/${revoked.body.id}/`)).status).toBe(204);
    await invite('late@example.com');
    await server.automate.db.query(
      `update invitations set expires_at = now() - interval '1 second' where email = 'late@example.com'`,
    );
    for (const email of [
      'stranger@example.com',
      'revoked@example.com',
      'late@example.com',
      'not an address',
      "x'--@example.com",
    ]) {
      const surfer = meet(`stranger-${email}`, { email, email_verified: true, name: 'Stranger' });
      expect(await goThrough(server, surfer), email).toBe('/sign-in/?error=no_account');
      expect(hasSession(server, surfer)).toBe(false);
    }
    expect(await users()).toBe(before);
  });

  it('makes a member of somebody invited, who has no password', async () => {
    await invite('grace@example.com', 'viewer');
    const { body: second } = await invite('grace@example.com', 'operator');
    const grace = meet('subject-grace', { email: 'grace@example.com', email_verified: true, name: '  Grace Hopper ' });
    expect(await goThrough(server, grace)).toBe('/');
    const { body } = await sessionOf(server, grace);
    expect([body.user.email, body.user.name, body.role, body.tenant.slug]).toEqual([
      'grace@example.com',
      'Grace Hopper',
      'operator',
      'default',
    ]);
    expect((await audited('invitation.accept')).at(-1)?.actor).toBe(`user:${body.user.id}`);
    expect((await audited('user.link')).at(-1)?.actor).toBe(`user:${body.user.id}`);
    const used = await openBrowser(server.url).call('POST', '/api/auth/accept-invitation/', {
      token: second.link.split('#token=')[1],
      name: 'Thief',
      password: PASSWORD,
    });
    expect(used.status).toBe(400);
    const browser = grace.on(server.url);
    for (const [path, given] of [
      ['password', { current_password: 'x', new_password: PASSWORD }],
      ['two-factor', { password: 'x' }],
    ] as const) {
      const reply = await browser.call<{ code: string; detail: string }>('POST', `/api/auth/${path}/`, given);
      expect([reply.status, reply.body.code], path).toEqual([409, 'no_password']);
    }
    const guessed = await openBrowser(server.url).call('POST', '/api/auth/sign-in/', {
      email: 'grace@example.com',
      password: PASSWORD,
    });
    expect(guessed.status).toBe(401);
    // Removed from the only tenant, they have an account and nowhere to go.
    const { results } = (await server.call<{ results: { id: string }[] }>('GET', '/api/v1/members/?email=grace@example.com'))
      .body;
    expect((await server.call('DELETE', `/api/v1/members/${results[0]?.id}/`)).status).toBe(204);
    expect(await goThrough(server, meet('subject-grace', {}))).toBe('/sign-in/?error=no_account');
  });

  it('makes one member of somebody who comes in twice at once', async () => {
    await invite('twice@example.com');
    const first = meet('subject-twice', { email: 'twice@example.com', email_verified: true });
    const both = [first, openSurfer(), openSurfer()];
    expect(await Promise.all(both.map((surfer) => goThrough(server, surfer)))).toEqual(['/', '/', '/']);
    const ids = await Promise.all(both.map(async (surfer) => (await sessionOf(server, surfer)).body.user.id));
    expect(new Set(ids).size).toBe(1);
  });

  it('refuses a disabled account, linked or not', async () => {
    await invite('gone@example.com');
    expect(await goThrough(server, meet('subject-gone', { email: 'gone@example.com', email_verified: true }))).toBe('/');
    const { results } = (await server.call<{ results: { id: string }[] }>('GET', '/api/v1/users/?email=gone@example.com')).body;
    await server.call('PATCH', `/api/v1/users/${results[0]?.id}/`, { disabled: true });
    for (const subject of ['subject-gone', 'subject-gone-too']) {
      const surfer = meet(subject, { email: 'gone@example.com', email_verified: true });
      expect(await goThrough(server, surfer)).toBe('/sign-in/?error=account_disabled');
      expect(hasSession(server, surfer)).toBe(false);
    }
    expect((await audited('session.sign_in_failed')).slice(-2).map(({ diff }) => diff)).toEqual([
      { way: 'oidc' },
      { way: 'oidc' },
    ]);
    const links = await server.automate.db.query(`select 1 from identities where subject = 'subject-gone-too'`);
    expect(links.rows).toHaveLength(0);
  });

  it('asks for no second factor of ours: the provider has its own', async () => {
    await invite('factor@example.com');
    expect(await goThrough(server, meet('subject-factor', { email: 'factor@example.com', email_verified: true }))).toBe('/');
    await server.automate.db.query(`update users set two_factor_enabled = true where email = 'factor@example.com'`);
    const surfer = meet('subject-factor', {});
    expect(await goThrough(server, surfer)).toBe('/');
    expect((await sessionOf(server, surfer)).status).toBe(200);
  });

  it('tells that the provider refused, and nothing of what it said', async () => {
    const surfer = meet('subject-ada', {});
    provider.denies = true;
    expect(await goThrough(server, surfer)).toBe('/sign-in/?error=provider_refused');
    expect(hasSession(server, surfer)).toBe(false);
  });

  describe('what comes back from the provider', () => {
    /** Goes to the provider and up to the door again. */
    async function comeBack(surfer: Surfer): Promise<URL> {
      return surfer.follow(`${server.url}${START}`, ({ pathname, origin }) => origin === server.url && pathname === CALLBACK);
    }
    const refused = async (surfer: Surfer, url: URL) => {
      const reply = await surfer.visit(url);
      expect([reply.status, reply.headers.get('location')]).toEqual([302, '/sign-in/?error=flow_expired']);
      expect(reply.headers.get('set-cookie')).toBeNull();
    };

    it('counts once', async () => {
      const surfer = meet('subject-ada', {});
      const url = await comeBack(surfer);
      const [one, two] = await Promise.all([surfer.visit(url), surfer.visit(url)]);
      expect([one, two].map((reply) => reply.headers.get('location')).sort()).toEqual(['/', '/sign-in/?error=flow_expired']);
      await refused(surfer, url);
    });

    it('counts in the browser that went there alone', async () => {
      const [attacker, victim] = [meet('subject-ada', {}), openSurfer()];
      const url = await comeBack(attacker);
      await refused(victim, url);
      // The victim's browser is under way itself, and still is not the attacker's.
      await victim.visit(`${server.url}${START}`);
      await refused(victim, url);
      expect((await attacker.visit(url)).headers.get('location'), 'and nobody else can spoil it').toBe('/');
    });

    it('counts with the state that we gave it', async () => {
      const surfer = meet('subject-ada', {});
      const url = await comeBack(surfer);
      for (const change of [
        (query: URLSearchParams) => query.set('state', 'A'.repeat(43)),
        (query: URLSearchParams) => query.set('state', ''),
        (query: URLSearchParams) => query.delete('state'),
        (query: URLSearchParams) => query.set('state', `${query.get('state')}x`),
        (query: URLSearchParams) => query.set('state', "' or 1=1 --"),
      ]) {
        const forged = new URL(url);
        change(forged.searchParams);
        await refused(surfer, forged);
      }
      await refused(surfer, new URL(CALLBACK, server.url));
      const doubled = new URL(url);
      doubled.searchParams.append('state', doubled.searchParams.get('state') ?? '');
      expect((await surfer.visit(doubled)).headers.get('location')).toBe('/sign-in/?error=provider_invalid');
    });

    it('counts for ten minutes', async () => {
      const surfer = meet('subject-ada', {});
      const url = await comeBack(surfer);
      await server.automate.db.query(`update sign_in_flows set expires_at = expires_at - interval '10 minutes'`);
      await refused(surfer, url);
    });

    it('counts with the code that belongs to it', async () => {
      const surfer = meet('subject-ada', {});
      const [one, two] = [await comeBack(surfer), await comeBack(surfer)];
      const mixed = new URL(one);
      mixed.searchParams.set('code', two.searchParams.get('code') ?? '');
      expect((await surfer.visit(mixed)).headers.get('location'), 'PKCE').toBe('/sign-in/?error=provider_refused');
      const invented = await comeBack(surfer);
      invented.searchParams.set('code', 'x'.repeat(43));
      expect((await surfer.visit(invented)).headers.get('location')).toBe('/sign-in/?error=provider_refused');
      expect(hasSession(server, surfer)).toBe(false);
    });

    it('counts from another tab too', async () => {
      const surfer = meet('subject-ada', {});
      const [one, two] = [await comeBack(surfer), await comeBack(surfer)];
      expect((await surfer.visit(one)).headers.get('location')).toBe('/');
      expect((await surfer.visit(two)).headers.get('location')).toBe('/');
    });
  });

  it.each([
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/a\\b',
    'https://evil.example',
    'HTTPS:evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'evil.example',
    '',
    ' /x',
    '/\t/evil.example',
    '/\n/evil.example',
    '/x\r\nset-cookie: a=b',
    '/é',
    '/ x',
    '\u0000/x',
    `/${'x'.repeat(2_000)}`,
  ])('goes nowhere else afterwards: %j', async (next) => {
    const reply = await openSurfer().visit(`${server.url}${START}?next=${encodeURIComponent(next)}`);
    expect(reply.status).toBe(400);
    expect(reply.headers.get('location')).toBeNull();
    expect(reply.headers.get('set-cookie')).toBeNull();
  });

  it('refuses a second next, and what it does not know', async () => {
    for (const query of ['next=/a&next=//evil.example', 'redirect=/a'])
      expect((await openSurfer().visit(`${server.url}${START}?${query}`)).status).toBe(400);
  });
});

describe.each(databaseKinds)('a provider that cannot be trusted, on %s', (kind) => {
  let server: TestServer;
  let provider: HostileProvider;
  beforeAll(async () => {
    provider = await startHostileProvider();
    server = await createTestServer(kind, {
      hasWorker: false,
      environment: { ...BOSS, ...settingsOf(provider.issuer, HOSTILE_CLIENT) },
    });
  });
  afterEach(() => {
    provider.tricks = {};
  });
  afterAll(async () => {
    await server?.close();
    await provider?.close();
  });

  it('gets people in when it behaves', async () => {
    const surfer = openSurfer();
    expect(await goThrough(server, surfer)).toBe('/');
    expect((await sessionOf(server, surfer)).body.user.email).toBe('ada@example.com');
  });

  const now = () => Math.floor(Date.now() / 1_000);
  it.each<[name: string, tricks: Tricks, code: string]>([
    ['another nonce', { claims: (claims) => ({ ...claims, nonce: 'x'.repeat(43) }) }, 'provider_invalid'],
    ['no nonce', { claims: ({ nonce: _, ...claims }) => claims }, 'provider_invalid'],
    ['a token for somebody else', { claims: (claims) => ({ ...claims, aud: 'another-client' }) }, 'provider_invalid'],
    [
      'a token for several, us not named as the one',
      { claims: (claims) => ({ ...claims, aud: [HOSTILE_CLIENT.id, 'another'], azp: 'another' }) },
      'provider_invalid',
    ],
    [
      'a token of another issuer',
      { claims: (claims) => ({ ...claims, iss: 'https://accounts.google.com' }) },
      'provider_invalid',
    ],
    ['no issuer', { claims: ({ iss: _, ...claims }) => claims }, 'provider_invalid'],
    ['no subject', { claims: ({ sub: _, ...claims }) => claims }, 'provider_invalid'],
    ['a token that is over', { claims: (claims) => ({ ...claims, iat: now() - 900, exp: now() - 600 }) }, 'provider_invalid'],
    ['no end', { claims: ({ exp: _, ...claims }) => claims }, 'provider_invalid'],
    ['a token that is not good yet', { claims: (claims) => ({ ...claims, nbf: now() + 600 }) }, 'provider_invalid'],
    ['the signature of another key', { signature: 'foreign' }, 'provider_invalid'],
    ['no signature', { signature: 'none' }, 'provider_invalid'],
    ['a token altered after it was signed', { signature: 'altered' }, 'provider_invalid'],
    ['an algorithm with our secret as its key', { header: { alg: 'HS256' }, signature: 'client_secret' }, 'provider_invalid'],
    ['a key that it does not publish', { header: { kid: 'two' } }, 'provider_invalid'],
    ['no token', { tokens: ({ id_token: _, ...tokens }) => tokens }, 'provider_invalid'],
    ['a token that is none', { tokens: (tokens) => ({ ...tokens, id_token: 'a.b.c' }) }, 'provider_invalid'],
    [
      'an answer that is no JSON',
      { answer: { '/token': (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>') } },
      'provider_invalid',
    ],
    [
      'an answer of another issuer (RFC 9207)',
      { back: (query) => query.set('iss', 'https://accounts.google.com') },
      'provider_invalid',
    ],
    [
      'facts of somebody else',
      {
        claims: ({ email: _, ...claims }) => claims,
        userinfo: { sub: 'another', email: 'ada@example.com', email_verified: true },
      },
      'provider_invalid',
    ],
    [
      'a verified address in one place and another in the next',
      {
        claims: ({ email: _, ...claims }) => ({ ...claims, email_verified: true }),
        userinfo: { sub: 'nobody', email: 'ada@example.com' },
      },
      'provider_invalid',
    ],
    ['"verified" as a text', { claims: (claims) => ({ ...claims, sub: 'x', email_verified: 'true' }) }, 'no_account'],
    ['"verified" as a number', { claims: (claims) => ({ ...claims, sub: 'x', email_verified: 1 }) }, 'no_account'],
    [
      'nothing of whether it is verified',
      { claims: ({ email_verified: _, ...claims }) => ({ ...claims, sub: 'x' }) },
      'no_account',
    ],
    [
      'an address that is none',
      { claims: (claims) => ({ ...claims, sub: 'x', email: { toString: 'ada@example.com' } }) },
      'no_account',
    ],
    ['several addresses', { claims: (claims) => ({ ...claims, sub: 'x', email: ['ada@example.com'] }) }, 'no_account'],
    [
      'a refusal of the code',
      {
        answer: {
          '/token': (response) =>
            response
              .writeHead(400, { 'content-type': 'application/json' })
              .end('{"error":"invalid_grant","error_description":"<script>"}'),
        },
      },
      'provider_refused',
    ],
    ['a failure', { answer: { '/token': (response) => response.writeHead(500).end('stack trace') } }, 'provider_unavailable'],
    ['a connection that breaks', { answer: { '/token': (response) => response.destroy() } }, 'provider_unavailable'],
    [
      'a redirect elsewhere',
      { answer: { '/token': (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end() } },
      'provider_invalid',
    ],
    [
      'more than anybody reads',
      {
        answer: {
          '/token': (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('x'.repeat(2_000_000)),
        },
      },
      'provider_unavailable',
    ],
    ['no answer at all', { answer: { '/token': () => undefined } }, 'provider_unavailable'],
  ])('is refused: %s', async (_, tricks, code) => {
    provider.tricks = tricks;
    const surfer = openSurfer();
    expect(await goThrough(server, surfer)).toBe(`/sign-in/?error=${code}`);
    expect(hasSession(server, surfer)).toBe(false);
  });

  it('keeps the journey apart from what it adds: nothing it sends back gets into the reply', async () => {
    provider.tricks = { back: (query) => query.set('error', 'access_denied\r\nset-cookie: a=b') };
    const reply = await openSurfer().follow(`${server.url}${START}`, isOurs(server));
    expect(reply.search).toMatch(/^\?error=provider_(refused|invalid)$/);
  });
});

describe.each(databaseKinds)('the settings of a provider on %s', (kind) => {
  const servers: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of servers.splice(0).reverse()) await one.close();
  });
  async function serve(environment: Record<string, string>): Promise<TestServer> {
    const server = await createTestServer(kind, { hasWorker: false, environment: { ...BOSS, ...environment } });
    servers.push(server);
    return server;
  }
  async function deceive(tricks: Tricks): Promise<HostileProvider> {
    const provider = await startHostileProvider();
    provider.tricks = tricks;
    servers.push(provider);
    return provider;
  }

  it('may be absent', async () => {
    const server = await serve({});
    expect((await openBrowser(server.url).call<Options>('GET', '/api/auth/options/')).body).toEqual({
      needs_setup: false,
      oidc: null,
      mail: false,
    });
    for (const path of [START, `${CALLBACK}?code=x&state=y`]) {
      const reply = await openBrowser(server.url).call<{ code: string }>('GET', path);
      expect([reply.status, reply.body.code]).toEqual([404, 'not_found']);
    }
  });

  it('may name a provider that is down, which is said at once and mended by itself', async () => {
    const provider = await deceive({ answer: { '/.well-known/openid-configuration': (response) => response.destroy() } });
    const server = await serve(settingsOf(provider.issuer, HOSTILE_CLIENT));
    const surfer = openSurfer();
    expect(await goThrough(server, surfer)).toBe('/sign-in/?error=provider_unavailable');
    provider.tricks = {};
    expect(await goThrough(server, surfer)).toBe('/');
    const nobody = await serve(settingsOf('http://127.0.0.1:1', HOSTILE_CLIENT));
    expect(await goThrough(nobody, openSurfer())).toBe('/sign-in/?error=provider_unavailable');
  });

  it('may trust addresses of which the provider does not say whether they are verified', async () => {
    const provider = await deceive({ claims: ({ email_verified: _, ...claims }) => claims });
    const server = await serve({ ...settingsOf(provider.issuer, HOSTILE_CLIENT), AUTOMATE_OIDC_TRUST_EMAIL: 'true' });
    expect(await goThrough(server, openSurfer())).toBe('/');
    provider.tricks = { claims: (claims) => ({ ...claims, sub: 'another', email_verified: false }) };
    expect(await goThrough(server, openSurfer()), 'it says that it is not').toBe('/sign-in/?error=no_account');
  });

  it('need HTTPS where people come from elsewhere', async () => {
    const provider = await deceive({});
    const server = await serve({
      ...settingsOf(provider.issuer, HOSTILE_CLIENT),
      AUTOMATE_PUBLIC_URL: 'http://automate.example/below',
    });
    const reply = await openSurfer().visit(`${server.url}${START}`);
    expect(reply.headers.get('location')).toBe('/below/sign-in/?error=https_required');
    expect(provider.calls).toEqual([]);
  });

  it('limit how often one network may begin', async () => {
    const provider = await deceive({});
    const server = await serve({ ...settingsOf(provider.issuer, HOSTILE_CLIENT), AUTOMATE_API_TRUST_PROXY: 'true' });
    const start = (address: string) =>
      fetch(`${server.url}${START}`, { redirect: 'manual', headers: { 'x-forwarded-for': address } }).then(
        (reply) => new URL(reply.headers.get('location') ?? '', server.url),
      );
    for (let count = 0; count < 500; count += 50) await Promise.all(Array.from({ length: 50 }, () => start('198.51.100.7')));
    expect((await start('198.51.100.7')).href).toBe(`${server.url}/sign-in/?error=rate_limited`);
    expect((await start('203.0.113.9')).origin).toBe(provider.issuer);
  });
});

it.each<[string, NonNullable<Tricks['discovery']>, string]>([
  ['another issuer', (metadata) => ({ ...metadata, issuer: 'https://accounts.google.com' }), 'provider_invalid'],
  [
    'another address of this machine',
    (metadata) => ({ ...metadata, token_endpoint: 'http://127.0.0.2:9/token' }),
    'provider_unavailable',
  ],
  [
    'a metadata service',
    (metadata) => ({ ...metadata, token_endpoint: 'http://169.254.169.254/latest/' }),
    'provider_unavailable',
  ],
  ['a private address', (metadata) => ({ ...metadata, jwks_uri: 'http://10.0.0.1/jwks' }), 'provider_unavailable'],
  ['no keys', (metadata) => ({ ...metadata, jwks_uri: undefined }), 'provider_invalid'],
  ['a file', (metadata) => ({ ...metadata, token_endpoint: 'file:///etc/passwd' }), 'provider_invalid'],
])('a provider that names %s is not followed there', async (_, discovery, code) => {
  const provider = await startHostileProvider();
  provider.tricks = { discovery };
  const server = await createTestServer('postgres', {
    hasWorker: false,
    environment: { ...BOSS, ...settingsOf(provider.issuer, HOSTILE_CLIENT) },
  });
  const surfer = openSurfer();
  expect(await goThrough(server, surfer)).toBe(`/sign-in/?error=${code}`);
  expect(hasSession(server, surfer)).toBe(false);
  await server.close();
  await provider.close();
});

it.each([
  [{ AUTOMATE_OIDC_ISSUER: 'https://id.example.com' }, 'must be set together'],
  [settingsOf('http://id.example.com', HOSTILE_CLIENT), 'must start with https://'],
  [settingsOf('http://localhost.example.com', HOSTILE_CLIENT), 'must start with https://'],
  [settingsOf('ftp://id.example.com', HOSTILE_CLIENT), 'AUTOMATE_OIDC_ISSUER'],
])('settings that cannot be right stop the start: %j', (environment, message) => {
  expect(() => readSettings(builtInFeatures, loadSettings({ ...environment }).variables)).toThrow(message);
});
