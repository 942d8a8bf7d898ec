import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { type Browser, openBrowser } from './support/browser.ts';
import { formsOf, searchDatabase } from './support/database-search.ts';
import { createWorkflow, runWorkflow } from './support/executions.ts';
import { HOSTILE_CLIENT, type HostileProvider, startHostileProvider } from './support/hostile-provider.ts';
import { openSurfer } from './support/surfer.ts';
import { totp } from './support/totp.ts';

const BOSS = { email: 'boss@example.com', password: 'the first password of the boss' };
const SECRET_KEY = 'a-root-key-that-is-in-no-database-7f3a';
const CALLBACK = '/api/auth/oidc/callback/';

/**
 * What somebody has who took a copy of the database, and not `AUTOMATE_SECRET_KEY`: every table is read, and searched for every
 * value that lets anybody in or is kept for anybody, in clear and in the usual encodings.
 */
describe.each(databaseKinds)('a copy of the database, without the key, on %s', (kind) => {
  let server: TestServer;
  let provider: HostileProvider;
  /** Every secret value by what it is. */
  const secrets = new Map<string, string>();
  let posts = 0;
  const keep = (what: string, value: string | null | undefined): string => {
    expect(value?.length, what).toBeGreaterThan(7);
    secrets.set(what, value as string);
    return value as string;
  };

  beforeAll(async () => {
    provider = await startHostileProvider();
    server = await createTestServer(kind, {
      environment: {
        AUTOMATE_SECRET_KEY: keep('AUTOMATE_SECRET_KEY', SECRET_KEY),
        AUTOMATE_BOOTSTRAP_EMAIL: BOSS.email,
        AUTOMATE_BOOTSTRAP_PASSWORD: keep('the password of the settings', BOSS.password),
        AUTOMATE_SECRET_FROM_ENVIRONMENT: keep('a secret of the environment', 'kept by the operator 5519'),
        AUTOMATE_OIDC_ISSUER: provider.issuer,
        AUTOMATE_OIDC_CLIENT_ID: HOSTILE_CLIENT.id,
        AUTOMATE_OIDC_CLIENT_SECRET: keep('the client secret of the provider', HOSTILE_CLIENT.secret),
      },
    });
    keep('the bootstrap token', server.token);
  });
  afterAll(async () => {
    await server?.close();
    await provider?.close();
  });

  async function post<Body>(path: string, body?: unknown, by: Pick<TestServer, 'call'> | Browser = server): Promise<Body> {
    posts += 1;
    const reply = await by.call<Body>('POST', path, body, { 'idempotency-key': `post-${posts}` });
    expect(reply.status, `${path} ${JSON.stringify(reply.body)}`).toBeLessThan(300);
    return reply.body;
  }
  const tokenIn = (link: string | undefined) => link?.split('#token=')[1];
  /** The session's token and its signature. */
  function keepSession(what: string, cookie: string | undefined): void {
    const value = decodeURIComponent(/automate_session=([^;]+)/.exec(cookie ?? '')?.[1] ?? '');
    const dot = value.lastIndexOf('.');
    keep(`the token of ${what}`, value.slice(0, dot));
    keep(`the signature of ${what}`, value.slice(dot + 1));
  }
  const found = () => searchDatabase(server.automate.db, secrets);

  it('is searched so that what is there is found, however it is written', async () => {
    const marker = 'a value that is no secret 8812';
    await post('/api/v1/events/', {
      event_type: 'copy.marker',
      payload: { plain: marker, quoted: JSON.stringify({ marker: `"${marker}"` }), form: encodeURIComponent(marker) },
    });
    for (const [index, encoding] of (['hex', 'base64', 'base64url'] as const).entries())
      for (const shift of [0, 1, 2])
        await post('/api/v1/events/', {
          event_type: 'copy.marker',
          payload: { [encoding]: Buffer.from(`${'x'.repeat(shift)}${marker}${'y'.repeat(index)}`).toString(encoding) },
        });
    const { db } = server.automate;
    await db.query('insert into one_time_tokens (hash, purpose, expires_at) values ($1, $2, now())', [
      Buffer.from(marker),
      'setup',
    ]);
    const { findings, cells, tables } = await searchDatabase(db, new Map([['the marker', marker]]));
    await db.query('delete from one_time_tokens where hash = $1', [Buffer.from(marker)]);
    expect(tables.length).toBeGreaterThan(25);
    expect(cells).toBeGreaterThan(100);
    expect(new Set(findings.map(({ table }) => table))).toEqual(new Set(['automate.events', 'automate.one_time_tokens']));
    expect(findings.filter(({ table }) => table === 'automate.events')).toHaveLength(10);
    // As it is, in hex, and in base64 from each of three places; what a text shares with another form is looked for once.
    expect(new Set(formsOf(marker)).size).toBeGreaterThanOrEqual(5);
  });

  it('shows no secret, and no key', async () => {
    const stored = await post<{ id: string }>('/api/v1/secrets/', {
      name: 'STORED',
      value: keep('a stored secret', 'the first stored value 4711'),
    });
    await post(`/api/v1/secrets/${stored.id}/rotate/`, { value: keep('a rotated secret', 'the second stored value 0815') });
    await post('/api/v1/secrets/', { name: 'FROM_ENV', reference: 'env://FROM_ENVIRONMENT' });
    await post('/api/v1/secrets/', {
      name: 'BOUND',
      value: keep('a secret in use', 'the value that a step uses 2342'),
      hosts: ['127.0.0.1:1'],
    });
    const config = { url: 'http://127.0.0.1:1/{{ secrets.BOUND }}', headers: { 'x-key': '{{ secrets.FROM_ENV }}' } };
    const body = '{{ secrets.BOUND | base64_encode | base64_encode }} {{ secrets.STORED | append: event.id }}';
    const nodes = [
      { id: 'call', type: 'http.request', config, on_error: 'continue' },
      { id: 'send', type: 'http.request', config: { ...config, method: 'POST', body } },
    ];
    await runWorkflow(server, await createWorkflow(server, nodes));
    const made = await post<{ id: string; key: string }>('/api/v1/api-keys/', { name: 'made', scopes: ['workflows:read'] });
    keep('an API key', made.key);
    const rotated = await post<{ key: string }>(`/api/v1/api-keys/${made.id}/rotate/`, { overlap_seconds: 600 });
    keep('a rotated API key', rotated.key);
    const embed = { name: 'embed', kind: 'embed', scopes: [], origins: ['https://www.example.com'] };
    keep('the key of an embed', (await post<{ key: string }>('/api/v1/api-keys/', embed)).key);
    await post('/api/v1/master-keys/rotate/');
    expect((await found()).findings).toEqual([]);
  });

  it('shows no password, session, second factor or link', async () => {
    const boss = openBrowser(server.url);
    await post('/api/auth/sign-in/', BOSS, boss);
    keepSession('a session', boss.cookie);
    await boss.call('POST', '/api/auth/sign-in/', { ...BOSS, password: keep('a wrong password', 'no password of anybody') });
    const changed = keep('a changed password', 'the second password of the boss');
    await post('/api/auth/password/', { current_password: BOSS.password, new_password: changed }, boss);
    keepSession('a renewed session', boss.cookie);

    const begun = await post<{ uri: string; backup_codes: string[] }>('/api/auth/two-factor/', { password: changed }, boss);
    const secret = keep('a TOTP secret', new URL(begun.uri).searchParams.get('secret'));
    keep('a TOTP secret, decoded', decodedBase32(secret));
    expect(begun.backup_codes.length).toBeGreaterThan(4);
    for (const [index, code] of begun.backup_codes.entries()) keep(`backup code ${index}`, code);
    await post('/api/auth/two-factor/confirm/', { code: totp(secret) }, boss);
    keepSession('a session with a second factor', boss.cookie);
    // One that waits for its code, and one that came in by a backup code.
    await openBrowser(server.url).call('POST', '/api/auth/sign-in/', { email: BOSS.email, password: changed });
    const byBackup = openBrowser(server.url);
    await post('/api/auth/sign-in/', { email: BOSS.email, password: changed, code: begun.backup_codes[0] }, byBackup);
    keepSession('a session by a backup code', byBackup.cookie);

    const unused = keep('a sign-in link', tokenIn(await server.automate.startLink()));
    await openBrowser(server.url).call('POST', '/api/auth/link/', { token: unused, code: '000000' });
    const invitation = await post<{ link: string }>('/api/v1/invitations/', { email: 'guest@example.com', role: 'viewer' });
    keep('an open invitation', tokenIn(invitation.link));
    const accepted = await post<{ link: string }>('/api/v1/invitations/', { email: 'new@example.com', role: 'viewer' });
    const guest = openBrowser(server.url);
    const password = keep('the password of a guest', 'the password of the guest');
    const token = keep('an accepted invitation', tokenIn(accepted.link));
    await post('/api/auth/accept-invitation/', { token, name: 'New', password }, guest);
    keepSession('the session of a guest', guest.cookie);
    const user = await post<{ id: string; link: string }>('/api/v1/users/', { email: 'made@example.com', name: 'Made' });
    keep('a link to choose a password', tokenIn(user.link));
    const reset = await post<{ link: string }>(`/api/v1/users/${user.id}/reset/`);
    const resetToken = keep('a used link to choose a password', tokenIn(reset.link));
    await post('/api/auth/reset-password/', { token: resetToken, password: keep('a chosen password', 'chosen by a link 9931') });
    keep('another link to choose a password', tokenIn((await post<{ link: string }>(`/api/v1/users/${user.id}/reset/`)).link));
    expect((await found()).findings).toEqual([]);
  });

  it('shows nothing of a provider', async () => {
    provider.tricks = {
      claims: (claims) => ({ ...claims, email: 'new@example.com' }),
      tokens: (tokens) => {
        keep('the ID token', String(tokens.id_token));
        const [, payload, signature] = String(tokens.id_token).split('.');
        keep('what the ID token says', payload);
        keep('the signature of the ID token', signature);
        const given = { access_token: 'access-token-of-new-5532', refresh_token: 'refresh-token-of-new-5533' };
        keep('the access token', given.access_token);
        keep('the refresh token', given.refresh_token);
        return { ...tokens, ...given };
      },
    };
    const surfer = openSurfer();
    const end = await surfer.follow(new URL('/api/auth/oidc/start/', server.url), (url) => {
      if (url.pathname === CALLBACK) keep('the state of a journey', url.searchParams.get('state'));
      return url.origin === server.url && !url.pathname.startsWith('/api/');
    });
    expect(end.searchParams.get('error')).toBeNull();
    keepSession('a session by the provider', surfer.cookies(server.url));
    // One that is under way.
    const waiting = openSurfer();
    const begun = await waiting.visit(new URL('/api/auth/oidc/start/', server.url));
    const there = new URL(begun.headers.get('location') ?? '').searchParams;
    for (const name of ['state', 'nonce']) keep(`the ${name} of a journey under way`, there.get(name));
    keep('the cookie of a journey under way', /automate_oidc=([^;]+)/.exec(waiting.cookies(server.url))?.[1]);
    const { rows } = await server.automate.db.query<{ value: string }>(
      `select value from verifications where identifier like 'oidc:%'`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.value, 'nor its code verifier').not.toMatch(/verifier|nonce|\{/);
    expect((await found()).findings).toEqual([]);
  });

  it('has been searched for everything that was kept', async () => {
    expect(secrets.size).toBeGreaterThan(45);
    const { findings, filled } = await found();
    expect(findings).toEqual([]);
    const kept = ['secret_versions', 'api_keys', 'retired_key_values', 'sessions', 'accounts', 'two_factors', 'one_time_tokens'];
    for (const name of [...kept, 'invitations', 'verifications', 'master_keys', 'audit_entries', 'step_runs', 'idempotency_keys'])
      expect(filled, name).toContain(`automate.${name}`);
  });
});

function decodedBase32(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString('latin1');
}
