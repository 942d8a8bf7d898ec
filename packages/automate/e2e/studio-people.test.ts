import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestServer } from '../src/testing/index.ts';
import { openTab, type Tab } from './support/chromium.ts';
import { ADA, BASE, expectInOrder, HOSTILE, looks, openStudio, PASSWORD, type StudioTest, soon } from './support/studio.ts';

vi.setConfig({ testTimeout: 240_000 });

const VALUE = 'hush-hush-hush-hush';

describe('people and settings in the Studio', () => {
  let studio: StudioTest;
  let server: TestServer;
  const ids = { key: '', secret: '', member: '' };
  beforeAll(async () => {
    studio = await openStudio();
    server = studio.server;
    await studio.person('Edith', 'editor');
    await post('/api/v1/users/', { email: 'hostile@example.com', name: HOSTILE, role: 'admin' });
    await post('/api/v1/invitations/', { email: 'grace@example.com', role: 'editor' });
    const scopes = ['workflows:read', 'workflows:run', 'events:read', 'events:write'];
    ids.key = (await post<{ id: string }>('/api/v1/api-keys/', { name: HOSTILE, scopes })).id;
    const secret = { name: 'CARRIER', value: VALUE, hosts: ['api.example.com'], description: HOSTILE };
    ids.secret = (await post<{ id: string }>('/api/v1/secrets/', secret)).id;
    await post('/api/v1/tenants/', { slug: 'other', name: `Other ${HOSTILE}` });
    const { body } = await server.call<{ results: { id: string }[] }>('GET', `${BASE}/api/v1/members/?email=hostile@example.com`);
    ids.member = body.results[0]?.id ?? '';
  });
  afterAll(() => studio?.close());

  async function post<Body>(path: string, given: object): Promise<Body> {
    const { status, body } = await server.call<Body>('POST', BASE + path, given);
    expect(status, JSON.stringify(body)).toBeLessThan(300);
    return body;
  }
  const press = async ({ page }: Tab, ...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** Everything that a page could keep. */
  const keptBy = ({ page }: Tab) =>
    page.evaluate<string>(
      'document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href + [...document.querySelectorAll("input, textarea")].map((field) => field.value).join()',
    );

  it.each(looks)('have no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('people/', look);
    const pages: readonly (readonly [
      path: string,
      role: 'heading' | 'row' | 'complementary' | 'dialog',
      name: string | RegExp,
    ])[] = [
      ['people/', 'row', /ada@example.com/],
      [`people/?open=${ids.member}`, 'complementary', HOSTILE],
      ['people/?tab=invitations', 'row', /grace@example.com/],
      ['people/?tab=roles', 'row', /api_keys/],
      ['people/?tab=users', 'row', /hostile@example.com/],
      ['people/?new=invitation', 'dialog', 'Invite somebody'],
      ['people/?tab=users&new=user', 'dialog', 'New user'],
      [`api-keys/?open=${ids.key}`, 'complementary', HOSTILE],
      ['api-keys/?new=key', 'dialog', 'New API key'],
      ['api-keys/?q=nothing+is+called+so', 'heading', 'Nothing matches'],
      [`secrets/?open=${ids.secret}`, 'complementary', 'CARRIER'],
      ['secrets/?new=secret', 'dialog', 'New secret'],
      ['secrets/?tab=master-keys', 'row', /Master key 1/],
      ['tenants/', 'row', /other/],
      ['tenants/?new=tenant', 'dialog', 'New tenant'],
      ['policy/', 'heading', 'Limits'],
      ['audit/', 'row', /secret.create/],
      ['settings/', 'row', /AUTOMATE_SECRET_KEY /],
      ['settings/?tab=sign-on', 'heading', /Single sign-on/],
      ['settings/?tab=mail', 'heading', /Mail/],
      ['settings/?tab=features', 'row', /engine/],
    ];
    for (const [path, role, name] of pages) {
      await tab.page.goto(`${BASE}/studio/${path}`);
      await tab.page.getByRole(role, { name }).first().waitFor();
      await expectInOrder(tab, path);
    }
    expect(await tab.page.locator('img').count()).toBe(0);
  });

  it('let a first owner in, and on to the Studio, by the keyboard alone', async () => {
    const fresh = await openStudio({ environment: { AUTOMATE_BOOTSTRAP_EMAIL: '', AUTOMATE_BOOTSTRAP_PASSWORD: '' } });
    try {
      const tab = await openTab(fresh.chromium, fresh.server.url);
      fresh.watch(tab);
      const link = (await fresh.server.automate.startLink()) ?? '';
      await tab.page.goto(BASE + link);
      await tab.page.locator('#setup-name:focus').waitFor();
      await tab.page.keyboard.type('Grace Hopper');
      await press(tab, 'Tab');
      await tab.page.keyboard.type('grace@example.com');
      await press(tab, 'Tab');
      await tab.page.keyboard.type(PASSWORD);
      await press(tab, 'Enter');
      await tab.page.waitForURL((url) => url.pathname.startsWith(`${BASE}/studio/`));
      await tab.page.getByRole('button', { name: /Grace Hopper/ }).waitFor();
      await press(tab, 'g', 'p');
      await tab.page.getByRole('row', { name: /grace@example.com/ }).waitFor();
    } finally {
      await fresh.close();
    }
  });

  it('make a user, a key and a secret by the keyboard alone; each value is there once', async () => {
    const tab = await studio.open('people/?tab=users');
    const { page } = tab;
    await page.getByRole('button', { name: 'New user' }).focus();
    await press(tab, 'Enter');
    await page.getByRole('dialog', { name: 'New user' }).getByLabel('Name').waitFor();
    await page.keyboard.type('Katherine');
    await press(tab, 'Tab');
    await page.keyboard.type('katherine@example.com');
    await press(tab, 'Tab');
    await page.keyboard.type('Ed');
    await press(tab, 'Tab', 'Tab', 'Tab', 'Enter');
    const link = page.getByRole('textbox', { name: 'Link for them' });
    await link.waitFor();
    const shown = (await link.textContent()) ?? '';
    expect(shown).toContain(`${BASE}/reset-password/#token=`);
    await press(tab, 'Tab', 'Enter');
    await page.getByRole('row', { name: /katherine@example.com/ }).waitFor();
    await soon(async () => expect((await keptBy(tab)).includes(shown.split('=')[1] ?? '-')).toBe(false));
    const { body } = await server.call<{ results: object[] }>('GET', `${BASE}/api/v1/members/?email=katherine@example.com`);
    expect(body.results).toMatchObject([{ name: 'Katherine', role: 'editor' }]);

    await press(tab, 'g', 'k');
    await page.getByRole('button', { name: 'New key' }).focus();
    await press(tab, 'Enter');
    await page.getByRole('dialog', { name: 'New API key' }).getByLabel('Name').waitFor();
    await page.keyboard.type('By hand');
    await page.getByRole('checkbox', { name: 'workflows:read' }).focus();
    await press(tab, 'Space');
    await page.getByRole('button', { name: 'Make the key' }).focus();
    await press(tab, 'Enter');
    const box = page.getByRole('textbox', { name: 'The key' });
    await box.waitFor();
    const key = (await box.textContent()) ?? '';
    expect(key).toMatch(/^ak_live_/);
    expect(await page.getByRole('textbox', { name: 'Try it' }).textContent()).toContain(`Bearer ${key}`);
    const asked = await fetch(`${server.url}${BASE}/api/auth/session/`, { headers: { authorization: `Bearer ${key}` } });
    expect(((await asked.json()) as { scopes: string[] }).scopes).toEqual(['workflows:read']);
    await press(tab, 'Escape');
    await page.getByRole('row', { name: /By hand/ }).waitFor();
    await soon(async () => expect((await keptBy(tab)).includes(key.slice(20))).toBe(false));

    await press(tab, 'Control+k');
    await page.keyboard.type('Secrets');
    await press(tab, 'Enter');
    await page.getByRole('button', { name: 'New secret' }).focus();
    await press(tab, 'Enter');
    await page.getByRole('dialog', { name: 'New secret' }).getByLabel('Name').waitFor();
    await page.keyboard.type('BY_HAND');
    await press(tab, 'Tab', 'Tab');
    await page.keyboard.type('a value by hand');
    await press(tab, 'Tab');
    await page.keyboard.type('api.example.com');
    await press(tab, 'Tab', 'Tab', 'Tab', 'Enter');
    await page.getByRole('row', { name: /BY_HAND/ }).waitFor();
    await soon(async () => expect((await keptBy(tab)).includes('a value by hand')).toBe(false));
  });

  it('take a role back, revoke a key, and say what the server refuses', async () => {
    const tab = await studio.open('people/');
    const { page } = tab;
    await page.getByLabel('Role of Edith').selectOption('viewer');
    await page.getByText('Edith is Viewer now').waitFor();
    const roleOf = async () =>
      (await server.call<{ results: { role: string }[] }>('GET', `${BASE}/api/v1/members/?email=edith@example.com`)).body
        .results[0]?.role;
    expect(await roleOf()).toBe('viewer');
    await page.getByRole('button', { name: 'Undo' }).click();
    await soon(async () => expect(await roleOf()).toBe('editor'));
    // The only owner stays one.
    await page.getByLabel('Role of ada').selectOption('viewer');
    await page.getByText('A tenant keeps at least one owner').waitFor();
    expect(await page.getByLabel('Role of ada').inputValue()).toBe('owner');

    await page.goto(`${BASE}/studio/api-keys/?open=${ids.key}`);
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText(/is revoked/).waitFor();
    await page.getByRole('button', { name: 'Revoked' }).click();
    await page.getByRole('row', { name: /Revoked/ }).waitFor();

    await page.goto(`${BASE}/studio/secrets/?new=secret`);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('9 wrong');
    await page.getByLabel('Value', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Store the secret' }).click();
    await page.getByText('must be letters, digits').waitFor();
    await page.getByText('must have at least 6 characters').waitFor();
  });

  it('save rules of the policy, and lose nothing when somebody else was faster', async () => {
    const tab = await studio.open('policy/');
    const { page } = tab;
    const field = page.getByLabel('Secrets', { exact: true });
    await field.fill('many');
    await page.getByText('This is no whole number.').waitFor();
    expect(await page.getByRole('button', { name: 'Save 1 rule' }).isDisabled()).toBe(true);
    await field.fill('70');
    await server.call('PATCH', `${BASE}/api/v1/policy/`, { max_secrets: 50, max_members: 40 });
    await page.getByRole('button', { name: 'Save 1 rule' }).click();
    await page.getByText('Somebody changed the policy after you opened it').waitFor();
    await page.getByText('Meanwhile it was set to 50.').waitFor();
    expect(await field.inputValue()).toBe('70');
    await page.getByRole('button', { name: 'Save 1 rule' }).click();
    await page.getByText('The policy is saved').waitFor();
    const { body } = await server.call<{ tenant: object }>('GET', `${BASE}/api/v1/policy/`);
    expect(body.tenant).toMatchObject({ max_secrets: 70, max_members: 40 });
    await page.goto(`${BASE}/studio/people/`);
    await page.getByText('of at most 40').waitFor();
  });

  it('show who changed what, before and after, and that the record holds', async () => {
    await server.call('PATCH', `${BASE}/api/v1/secrets/${ids.secret}/`, { hosts: ['*.example.org'] });
    const tab = await studio.open(`secrets/?open=${ids.secret}`);
    const { page } = tab;
    await page.getByRole('link', { name: 'Its history' }).click();
    await page.getByRole('button', { name: 'secret.update' }).click();
    const row = page.getByRole('complementary').getByRole('row', { name: /hosts/ });
    await row.waitFor();
    expect(await row.locator('del').textContent()).toBe('["api.example.com"]');
    expect(await row.locator('ins').textContent()).toBe('["*.example.org"]');
    expect(new URL(page.url()).searchParams.get('target_id')).toBe(ids.secret);
    await page.getByRole('button', { name: 'Check the record' }).click();
    await page.getByText(/Unbroken: \d+ entries hold together/).waitFor();
    await server.automate.db.migrate((connection) =>
      connection.script(`update automate.audit_entries set actor = 'nobody' where action = 'secret.update'`),
    );
    await page.getByRole('button', { name: 'Check the record' }).click();
    await page.getByText('an entry was changed, moved, or written by somebody else').waitFor();
  });

  it('offer no more than the role allows, and the API refuses the rest', async () => {
    const editor = await studio.open('people/', {}, 'edith@example.com');
    await editor.page.getByRole('row', { name: /ada@example.com/ }).waitFor();
    expect(await editor.page.getByRole('button', { name: 'Invite' }).count()).toBe(0);
    expect(await editor.page.getByRole('combobox', { name: /Role of/ }).count()).toBe(0);
    const side = editor.page.getByRole('navigation', { name: 'Main' });
    expect(await side.getByRole('link').allTextContents()).toEqual(expect.arrayContaining(['People', 'Secrets', 'Tenants']));
    for (const hidden of ['API keys', 'Audit', 'Policy', 'Settings'])
      expect(await side.getByRole('link', { name: hidden }).count()).toBe(0);
    await editor.page.goto(`${BASE}/studio/secrets/?new=secret`);
    await editor.page.getByRole('row', { name: /CARRIER/ }).waitFor();
    expect(await editor.page.getByRole('dialog').count()).toBe(0);
    await editor.page.goto(`${BASE}/studio/api-keys/`);
    await editor.page.getByRole('heading', { name: 'Not for your role' }).waitFor();

    const viewer = await studio.open('people/', {}, await studio.person('Vera', 'viewer'));
    await viewer.page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    const admin = await studio.open('settings/', {}, await studio.person('Adam', 'admin'));
    await admin.page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    await admin.page.goto(`${BASE}/studio/people/`);
    await admin.page.getByRole('row', { name: /ada@example.com/ }).waitFor();
    // Who is no owner makes none, and unmakes none.
    expect(await admin.page.getByRole('combobox', { name: 'Role of ada', exact: true }).count()).toBe(0);
    expect(await admin.page.getByRole('combobox', { name: 'Role of Edith' }).getByRole('option').allTextContents()).not.toContain(
      'Owner',
    );
    expect(await admin.page.getByRole('button', { name: 'All users' }).count()).toBe(0);
  });

  it('rotate the master key, and speak Italian', async () => {
    const tab = await studio.open('secrets/?tab=master-keys', { locale: 'it-IT' }, ADA);
    const { page } = tab;
    await page.getByRole('row', { name: /Chiave maestra 1/ }).waitFor();
    await page.getByRole('button', { name: 'Ruota la chiave maestra' }).click();
    await page.getByText('Tutto è avvolto con la nuova chiave maestra').waitFor();
    await page.getByRole('row', { name: /Chiave maestra 2/ }).waitFor();
  });
});
