import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleNames } from '../src/governance/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { openBrowser } from './support/browser.ts';
import { startSmtpServer } from './support/smtp-server.ts';

const PASSWORD = 'correct horse battery staple';
const ADA = 'ada@example.com';
const HUSH = 'hush-hush-hush-hush-hush-hush-hush-hush';

interface Settings {
  readonly groups: readonly {
    readonly feature: string | null;
    readonly settings: readonly { name: string; value: string | null; is_set: boolean; is_secret: boolean; source: string }[];
  }[];
  readonly features: readonly { name: string }[];
  readonly versions: { automate: string; node: string; database: string };
  readonly single_sign_on: { is_set_up: boolean; redirect_uri: string };
  readonly mail: { is_set_up: boolean; from: string };
}

describe.each(databaseKinds)('settings in force on %s', (kind) => {
  let server: TestServer;
  let smtp: Awaited<ReturnType<typeof startSmtpServer>>;
  let ada: ReturnType<typeof openBrowser>;
  beforeAll(async () => {
    smtp = await startSmtpServer();
    server = await createTestServer(kind, {
      hasWorker: false,
      environment: {
        AUTOMATE_BOOTSTRAP_EMAIL: ADA,
        AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD,
        AUTOMATE_SECRET_KEY: HUSH,
        AUTOMATE_SMTP_URL: smtp.url,
        AUTOMATE_OIDC_ISSUER: 'http://127.0.0.1:9',
        AUTOMATE_OIDC_CLIENT_ID: 'house',
        AUTOMATE_OIDC_CLIENT_SECRET: HUSH,
        AUTOMATE_API_PAGE_SIZE: '7',
      },
    });
    ada = openBrowser(server.url);
    await ada.call('POST', '/api/auth/sign-in/', { email: ADA, password: PASSWORD });
  });
  afterAll(async () => {
    await server?.close();
    await smtp?.close();
  });

  it('are told with who set them, and never what is secret', async () => {
    const { status, body } = await ada.call<Settings>('GET', '/api/studio/settings/');
    expect(status).toBe(200);
    const all = new Map(body.groups.flatMap(({ settings }) => settings).map((setting) => [setting.name, setting]));
    expect(all.get('AUTOMATE_SECRET_KEY')).toMatchObject({ value: null, is_set: true, is_secret: true, source: 'environment' });
    expect(all.get('AUTOMATE_OIDC_CLIENT_SECRET')).toMatchObject({ value: null, is_set: true, is_secret: true });
    expect(all.get('AUTOMATE_OIDC_CLIENT_ID')).toMatchObject({ value: 'house', source: 'environment' });
    expect(all.get('AUTOMATE_LEASE_SECONDS')).toMatchObject({ source: 'default', is_set: false });
    expect(all.get('AUTOMATE_API_PAGE_SIZE')).toMatchObject({ value: '7', source: 'environment' });
    expect(all.get('AUTOMATE_SMTP_URL')?.value).toContain('•••@127.0.0.1');
    expect(JSON.stringify(body)).not.toMatch(new RegExp(`${HUSH}|${PASSWORD}|${smtp.password}`));
    expect(body.versions.automate).toMatch(/^\d+\.\d+\.\d+$/);
    expect(body.versions.database).toMatch(/^\d+/);
    expect(body.features.map(({ name }) => name)).toContain('engine');
    expect(body.single_sign_on.redirect_uri).toMatch(/\/api\/auth\/oidc\/callback\/$/);
  });

  it('tell in words why a provider does not answer', async () => {
    const { status, body } = await ada.call<{ code: string; detail: string }>(
      'POST',
      '/api/studio/settings/test-single-sign-on/',
    );
    expect([status, body.code]).toEqual([503, 'provider_unavailable']);
    expect(JSON.stringify(body)).not.toContain(HUSH);
  });

  it('send a mail, and tell what the server said', async () => {
    const { status, body } = await ada.call<{ to: string }>('POST', '/api/studio/settings/test-mail/');
    expect([status, body]).toEqual([200, { to: ADA }]);
    smtp.manners = { refuses: 'mail' };
    const refused = await ada.call<{ detail: string }>('POST', '/api/studio/settings/test-mail/');
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('did not take the mail');
    expect(refused.body.detail).not.toContain(smtp.password);
  });

  it('tell each role what roles may do, and of members to who looks after them', async () => {
    const { body } = await ada.call<{ roles: { name: string; scopes: string[] }[]; scopes: { scope: string }[] }>(
      'GET',
      '/api/v1/roles/',
    );
    expect(body.roles.map(({ name }) => name)).toEqual(roleNames);
    expect(body.scopes.map(({ scope }) => scope)).toContain('secrets:write');
    const members = async (headers?: Record<string, string>) =>
      (headers
        ? (await server.call<{ results: object[] }>('GET', '/api/v1/members/', undefined, headers)).body
        : (await ada.call<{ results: object[] }>('GET', '/api/v1/members/')).body
      ).results;
    expect(await members()).toMatchObject([{ email: ADA, two_factor_enabled: false, last_seen_at: expect.any(String) }]);
    const { body: key } = await ada.call<{ key: string }>('POST', '/api/v1/api-keys/', { name: 'k', scopes: ['members:read'] });
    expect(await members({ authorization: `Bearer ${key.key}` })).toMatchObject([
      { email: ADA, two_factor_enabled: null, last_seen_at: null },
    ]);
  });
});
