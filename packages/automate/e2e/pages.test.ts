import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { accessibilityProblems, layoutShift, watch } from './support/accessibility.ts';
import { openBrowser } from './support/browser.ts';
import { type Chromium, launchChromium, openTab, type Tab } from './support/chromium.ts';
import { oneKind } from './support/lanes.ts';
import { totp } from './support/totp.ts';

const PASSWORD = 'correct horse battery staple';
const ADA = { name: 'Ada Lovelace', email: 'ada@example.com' };

// A browser takes its time on a busy machine.
vi.setConfig({ testTimeout: 180_000 });
let chromium: Chromium;
beforeAll(async () => {
  chromium = await launchChromium();
});
afterAll(() => chromium?.close());

const heading = (tab: Tab) => tab.page.getByRole('heading', { level: 1 });
const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true });
const field = (tab: Tab, label: string) => tab.page.getByLabel(label, { exact: true }).filter({ visible: true });

/** Fills in what is labelled so, and sends it. */
async function send(tab: Tab, values: Readonly<Record<string, string>>, name: string): Promise<void> {
  for (const [label, value] of Object.entries(values)) await field(tab, label).fill(value);
  await button(tab, name).click();
}
async function signIn(tab: Tab, email: string, password = PASSWORD): Promise<void> {
  await tab.page.goto('/sign-in/');
  await send(tab, { 'E-mail': email, Password: password }, 'Sign in');
}
/** Where sign-in leads in these tests: a page that shows who one is. */
const LANDING = '/studio/account/';
const atAccount = async (tab: Tab) => {
  await tab.page.waitForURL(({ pathname }) => pathname === LANDING);
  await heading(tab).filter({ hasText: 'Your account' }).waitFor();
};
async function signOut({ page }: Tab): Promise<void> {
  await page.getByRole('button', { name: /owner/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in/');
}
/** What is said of a field, as a screen reader finds it. */
async function saidOf(tab: Tab, label: string): Promise<string> {
  const ids = (await field(tab, label).getAttribute('aria-describedby')) ?? '';
  const texts = await Promise.all(ids.split(' ').map((id) => tab.page.locator(`#${id}`).textContent()));
  return texts.join(' ').trim();
}
const focused = ({ page }: Pick<Tab, 'page'>) => page.locator(':focus');

describe.each(databaseKinds)('a first owner on %s', (kind) => {
  let server: TestServer;
  let tab: Tab;
  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false, environment: { AUTOMATE_LANDING: LANDING } });
    tab = await openTab(chromium, server.url);
  });
  afterAll(async () => {
    await tab?.context.close();
    await server?.close();
  });

  it('is told where the link is, and comes in by it', async () => {
    const { page } = tab;
    await page.goto('/');
    await page.waitForURL('**/sign-in/?next=%2Fstudio%2Faccount%2F');
    expect(await heading(tab).textContent()).toBe('No owner yet');
    await page.goto('/setup/');
    expect(await heading(tab).textContent()).toBe('Open the link again');
    await page.goto('about:blank');
    await page.goto((await server.automate.startLink()) ?? '');
    expect(page.url()).toBe(`${server.url}/setup/`);
    expect(await focused(tab).getAttribute('id')).toBe('setup-name');

    await button(tab, 'Create the account').click();
    expect(await saidOf(tab, 'Your name')).toBe('Your name is needed.');
    await send(tab, { 'Your name': ADA.name, 'E-mail': 'ada@', Password: 'short' }, 'Create the account');
    await page.locator('#setup-email[aria-invalid=true]').waitFor();
    expect(await saidOf(tab, 'E-mail')).toBe('E-mail must be an e-mail address.');
    expect(await focused(tab).getAttribute('id')).toBe('setup-email');
    for (const [password, reason] of [
      ['short', 'Password must have at least 12 characters.'],
      ['ada@example.com', 'Password must not be made of your name or address.'],
      ['password12345', 'Password is among those that are tried first.'],
    ] as const) {
      await send(tab, { 'E-mail': ADA.email, Password: password }, 'Create the account');
      await page.getByText(reason).waitFor();
      expect(await saidOf(tab, 'Password')).toContain(reason);
    }
    await send(tab, { Password: PASSWORD }, 'Create the account');
    await atAccount(tab);
    const profile = page.getByRole('region', { name: 'Profile' });
    for (const text of [ADA.name, ADA.email, 'Default', 'Owner, staff of this installation'])
      expect(await profile.getByText(text, { exact: true }).count(), text).toBe(1);
    const [cookie] = await tab.context.cookies();
    expect(cookie).toMatchObject({ name: '__Host-automate_session', httpOnly: true, secure: true, sameSite: 'Lax' });
    await page.goto('/setup/');
    expect(await heading(tab).textContent()).toBe('Already set up');
  });

  it('signs out, and in again, though the menu comes late', async () => {
    const { page } = tab;
    await page.route(/menu-inside/, async (route) => {
      await setTimeout(500);
      await route.continue();
    });
    await page.goto('/');
    await atAccount(tab);
    await signOut(tab);
    await page.unroute(/menu-inside/);
    await page.goto('/account/');
    await page.waitForURL('**/sign-in/?next=%2Fstudio%2Faccount%2F');
    await send(tab, { 'E-mail': ADA.email, Password: 'a wrong one, surely' }, 'Sign in');
    await page.getByRole('alert').filter({ hasText: 'E-mail or password is wrong.' }).waitFor();
    expect(await focused(tab).getAttribute('id')).toBe('sign-in-password');
    await send(tab, { Password: PASSWORD }, 'Sign in');
    await atAccount(tab);
    await page.goto('/sign-in/');
    await atAccount(tab);
    expect(tab.problems).toEqual([]);
  });
});

describe('the pages', () => {
  let server: TestServer;
  const tabs: Tab[] = [];
  beforeAll(async () => {
    server = await createTestServer(oneKind, {
      hasWorker: false,
      environment: {
        AUTOMATE_BOOTSTRAP_EMAIL: ADA.email,
        AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD,
        AUTOMATE_LANDING: LANDING,
      },
    });
  });
  afterAll(async () => {
    const problems = tabs.flatMap((tab) => tab.problems);
    for (const { context } of tabs) await context.close();
    await server?.close();
    expect(problems).toEqual([]);
  });

  async function open(options: Parameters<typeof openTab>[2] = {}): Promise<Tab> {
    const tab = await openTab(chromium, server.url, options);
    tabs.push(tab);
    return tab;
  }
  async function post<Body>(path: string, body: unknown, headers = {}): Promise<Body> {
    const reply = await server.call<Body>('POST', path, body, headers);
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
    return reply.body;
  }
  const invite = async (email: string, headers = {}) =>
    (await post<{ link: string }>('/api/v1/invitations/', { email, role: 'editor' }, headers)).link;
  /** Somebody with an account, who has never been here in a browser. */
  async function join(email: string): Promise<void> {
    const token = (await invite(email)).split('#token=')[1];
    await post('/api/auth/accept-invitation/', { token, name: email.split('@')[0], password: PASSWORD });
  }

  it('lead on after sign-in, and never away', async () => {
    await join('next@example.com');
    const tab = await open();
    const { page } = tab;
    for (const [next, end] of [
      ['/api/docs/?x=1', '/api/docs/?x=1'],
      ['https://evil.example/', LANDING],
      ['//evil.example/', LANDING],
      ['/\\evil.example/', LANDING],
      ['/\t/evil.example/', LANDING],
      ['javascript:alert(1)', LANDING],
      ['/.//evil.example/', '//evil.example/'],
    ] as const) {
      await page.goto('about:blank');
      await tab.context.clearCookies();
      await page.goto(`/sign-in/?next=${encodeURIComponent(next)}`);
      await send(tab, { 'E-mail': 'next@example.com', Password: PASSWORD }, 'Sign in');
      await page.waitForURL((url) => url.pathname !== '/sign-in/');
      expect(page.url(), next).toBe(`${server.url}${end}`);
    }
  });

  it('use a sign-in link up only when its button is pressed', async () => {
    const link = (await server.automate.startLink()) ?? '';
    expect(link).toMatch(/^\/sign-in\//);
    const preview = await open();
    await preview.page.goto(link);
    expect(await heading(preview).textContent()).toBe('Welcome back');
    const tab = await open();
    await tab.page.goto(link);
    expect(tab.page.url()).toBe(`${server.url}/sign-in/`);
    await button(tab, 'Sign in').click();
    await atAccount(tab);
    await button(preview, 'Sign in').click();
    await preview.page.getByRole('alert').filter({ hasText: 'The link was used already' }).waitFor();
    expect(await heading(preview).textContent()).toBe('Sign in');
  });

  it('ask for the second factor behind a sign-in link too', async () => {
    const other = await createTestServer(oneKind, {
      hasWorker: false,
      environment: {
        AUTOMATE_BOOTSTRAP_EMAIL: ADA.email,
        AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD,
        AUTOMATE_LANDING: LANDING,
      },
    });
    const owner = openBrowser(other.url);
    await owner.call('POST', '/api/auth/sign-in/', { email: ADA.email, password: PASSWORD });
    const begun = await owner.call<{ uri: string }>('POST', '/api/auth/two-factor/', { password: PASSWORD });
    const secret = new URL(begun.body.uri).searchParams.get('secret') ?? '';
    expect((await owner.call('POST', '/api/auth/two-factor/confirm/', { code: totp(secret) })).status).toBe(204);
    const tab = await openTab(chromium, other.url);
    tabs.push(tab);
    const link = (await other.automate.startLink()) ?? '';
    await tab.page.goto(link);
    await button(tab, 'Sign in').click();
    await heading(tab).filter({ hasText: 'Enter your code' }).waitFor();
    await send(tab, { Code: '000000' }, 'Sign in');
    await tab.page.getByRole('alert').filter({ hasText: 'The code is wrong.' }).waitFor();
    await send(tab, { Code: totp(secret, 1) }, 'Sign in');
    await atAccount(tab);
    // Used up by that, and the page says so behind the code.
    await tab.context.clearCookies();
    await tab.page.goto(link);
    await button(tab, 'Sign in').click();
    await tab.page.getByRole('alert').filter({ hasText: 'The link was used already' }).waitFor();
    await other.close();
  });

  it('let somebody choose a new password by a link', async () => {
    const email = 'forgetful@example.com';
    await join(email);
    const tab = await open();
    const { page } = tab;
    await page.goto('/sign-in/');
    await button(tab, 'Forgot your password?').click();
    for (const address of ['nobody@example.com', email]) {
      await send(tab, { 'E-mail': address }, 'Send the link');
      await heading(tab).filter({ hasText: 'Look into your mail' }).waitFor();
      await button(tab, 'Back to sign-in').click();
      await button(tab, 'Forgot your password?').click();
    }
    const [user] = (await server.call<{ results: { id: string }[] }>('GET', `/api/v1/users/?email=${email}`)).body.results;
    const { link } = await post<{ link: string }>(`/api/v1/users/${user?.id}/reset/`, undefined);
    await page.goto(link);
    expect(page.url()).toBe(`${server.url}/reset-password/`);
    await send(tab, { 'New password': 'forgetful123' }, 'Change the password');
    await page.getByText('New password must not be made of your name or address.').waitFor();
    await send(tab, { 'New password': 'remembered this time' }, 'Change the password');
    await heading(tab).filter({ hasText: 'Password changed' }).waitFor();
    await page.goto('about:blank');
    await page.goto(link);
    await send(tab, { 'New password': 'remembered this time' }, 'Change the password');
    await heading(tab).filter({ hasText: 'This link does not work' }).waitFor();
    await signIn(tab, email, 'remembered this time');
    await atAccount(tab);
  });

  it('take in somebody new by an invitation', async () => {
    const link = await invite('new@example.com');
    const tab = await open();
    const { page } = tab;
    await page.goto(link);
    await heading(tab).filter({ hasText: 'You are invited' }).waitFor();
    expect(page.url()).toBe(`${server.url}/accept-invitation/`);
    await send(tab, { 'Your name': 'Grace', Password: 'abc' }, 'Join');
    await page.getByText('Password must have at least 12 characters.').waitFor();
    await send(tab, { Password: PASSWORD }, 'Join');
    await atAccount(tab);
    expect(await page.getByRole('region', { name: 'Profile' }).getByText('Editor', { exact: true }).count()).toBe(1);
    await page.goto(link);
    await button(tab, 'Accept the invitation').click();
    await heading(tab).filter({ hasText: 'This invitation does not work' }).waitFor();
  });

  it('take in somebody known by an invitation, after sign-in, and let them switch', async () => {
    const email = 'known@example.com';
    await join(email);
    const { id: tenantId } = await post<{ id: string }>('/api/v1/tenants/', { slug: 'second', name: 'Second' });
    const key = await server.automate.apiKeys.create({ tenantId, name: 'k', scopes: ['*'], isStaff: true });
    const link = await invite(email, { authorization: `Bearer ${key.value}` });
    const tab = await open();
    const { page } = tab;
    await page.goto(link);
    // Whether there is an account is told to nobody who only has the link.
    await heading(tab).filter({ hasText: 'You are invited' }).waitFor();
    await send(tab, { 'Your name': 'Known', Password: PASSWORD }, 'Join');
    await heading(tab).filter({ hasText: 'Sign in to accept' }).waitFor();
    await page.getByText(`There is an account for ${email}.`).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await send(tab, { 'E-mail': email, Password: PASSWORD }, 'Sign in');
    await page.getByText(`You are signed in as known (${email}).`).filter({ visible: true }).waitFor();
    expect(page.url()).toBe(`${server.url}/accept-invitation/`);
    await button(tab, 'Accept the invitation').click();
    // Their first link was shown to others, so the password may be another's.
    await heading(tab).filter({ hasText: 'Choose a new password' }).waitFor();
    await send(tab, { 'New password': 'a phrase of their own' }, 'Accept the invitation');
    await atAccount(tab);
    const profile = page.getByRole('region', { name: 'Profile' });
    expect(await profile.getByText('Second', { exact: true }).count()).toBe(1);
    await profile.getByLabel('Work in another tenant').selectOption({ label: 'Default (Editor)' });
    await profile.getByText('Default', { exact: true }).waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    await join('keys@example.com');
    const { page } = await open();
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.goto('/sign-in/');
    await page.locator('#sign-in-email:focus').waitFor();
    await press('Tab', 'Tab', 'Tab', 'Tab');
    expect(await focused({ page }).textContent()).toBe('Forgot your password?');
    await press('Enter');
    await page.locator('#forgot-email:focus').waitFor();
    await press('Tab', 'Tab', 'Enter');
    await page.locator('#sign-in-email:focus').waitFor();
    await page.keyboard.type('keys@example.com');
    await press('Tab');
    await page.keyboard.type('wrong');
    await press('Tab', 'Space');
    expect(await page.locator('#sign-in-password').getAttribute('type')).toBe('text');
    await press('Enter');
    await page.getByText('E-mail or password is wrong.').waitFor();
    await page.locator('#sign-in-password:focus').waitFor();
    await page.keyboard.type(PASSWORD);
    await press('Enter');
    await page.waitForURL(({ pathname }) => pathname === LANDING);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  });

  it('offer single sign-on where it is set up, and say why it failed', async () => {
    const tab = await open();
    const { page } = tab;
    // The answer of a server that has a provider; what it leads to is not asked here.
    await page.route('**/api/auth/options/', (route) =>
      route.fulfill({
        json: { needs_setup: false, oidc: { name: 'Example <b>ID</b>', url: '/api/auth/oidc/start/' }, mail: true },
      }),
    );
    await page.goto('/sign-in/?error=no_account&next=/api/docs/');
    await page.getByRole('alert').filter({ hasText: 'There is no account for you here.' }).waitFor();
    const link = page.getByRole('link', { name: 'Sign in with Example <b>ID</b>' });
    expect(await link.getAttribute('href')).toBe(`${server.url}/api/auth/oidc/start/?next=%2Fapi%2Fdocs%2F`);
    await page.goto('/sign-in/?error=%3Cb%3Eanything');
    await page.getByRole('alert').filter({ hasText: 'Signing in did not work. Try again.' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('have no barriers and nothing that moves, in %s', async (colorScheme) => {
    const tab = await open({ colorScheme, viewport: { width: 390, height: 844 } });
    await watch(tab.context);
    const { page } = tab;
    const check = async (name: string) => {
      expect([name, await accessibilityProblems(page)]).toEqual([name, []]);
      const width = await page.locator('html').evaluate((html: { scrollWidth?: number }) => html.scrollWidth ?? 0);
      expect([name, width <= 390]).toEqual([name, true]);
    };
    /** Asked before anything is done: what moves then is meant to. */
    const standsStill = async (name: string) => expect([name, (await layoutShift(page)) < 0.01]).toEqual([name, true]);
    for (const path of ['/sign-in/', '/setup/', '/reset-password/', '/accept-invitation/']) {
      await page.goto(path);
      await heading(tab).waitFor();
      await standsStill(path);
      await check(path);
    }
    await page.goto('/sign-in/');
    await button(tab, 'Forgot your password?').click();
    await check('forgotten');
    await page.goto('about:blank');
    await page.goto('/reset-password/#token=x');
    await button(tab, 'Change the password').click();
    await page.getByText('New password is needed.').waitFor();
    await check('a refusal');
    await page.goto(await invite('nobody@example.com'));
    await heading(tab).filter({ hasText: 'You are invited' }).waitFor();
    await button(tab, 'Join').waitFor();
    await standsStill('an invitation');
    await check('an invitation');
  });

  it('are sent with a strict policy, and their files once', async () => {
    const plain = (path: string) => fetch(new URL(path, server.url), { redirect: 'manual' });
    for (const path of ['/sign-in/', '/setup', '/reset-password/', '/accept-invitation/?utm_source=mail']) {
      const reply = await plain(path);
      expect([path, reply.status]).toEqual([path, 200]);
      expect(reply.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
      expect(reply.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(reply.headers.get('referrer-policy')).toBe('no-referrer');
      expect(reply.headers.get('cache-control')).toBe('no-store');
      expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
      const text = await reply.text();
      expect(text).not.toMatch(/<script>|<style|\sstyle=|\son\w+=/);
      for (const [, file = ''] of text.matchAll(/(?:src|href)="(\/pages\/[^"]+)"/g)) {
        const asset = await plain(file);
        expect([file, asset.status, asset.headers.get('cache-control')]).toEqual([
          file,
          200,
          'public, max-age=31536000, immutable',
        ]);
      }
    }
    const strange = await plain('/pages/another-version/page.css');
    expect([strange.status, strange.headers.get('cache-control')]).toEqual([200, 'no-store']);
    for (const path of ['/pages/x/nothing.js', '/pages/x/..%2fassets.ts', '/pages/x/__proto__'])
      expect([path, (await plain(path)).status]).toEqual([path, 404]);
    for (const [path, to] of [
      ['/', LANDING],
      ['/account/', LANDING],
    ] as const) {
      const reply = await plain(path);
      expect([reply.status, reply.headers.get('location')]).toEqual([302, to]);
    }
  });
});

describe('the landing page', () => {
  const locationOf = async ({ url }: TestServer, path = '/') =>
    (await fetch(url + path, { redirect: 'manual' })).headers.get('location');

  it('is where the root and every sign-in lead', async () => {
    const server = await createTestServer(oneKind, {
      hasWorker: false,
      basePath: '/automate',
      environment: { AUTOMATE_LANDING: '/api/docs/?x=1' },
    });
    expect(await locationOf(server, '/automate/')).toBe('/automate/api/docs/?x=1');
    const page = await (await fetch(`${server.url}/automate/sign-in/`)).text();
    expect(page).toContain('data-landing="/automate/api/docs/?x=1"');
    await server.close();
  });

  it('is the Studio, where nobody says otherwise', async () => {
    const server = await createTestServer(oneKind, { hasWorker: false, basePath: '/automate' });
    expect(await locationOf(server, '/automate/')).toBe('/automate/studio/');
    await server.close();
  });

  it('is one that is there, and does not lead to itself', async () => {
    const start = (landing: string) =>
      createTestServer(oneKind, { hasWorker: false, environment: { AUTOMATE_LANDING: landing } });
    await expect(start('/nowhere/')).rejects.toMatchObject({
      code: 'invalid_settings',
      detail: expect.stringContaining('/nowhere/'),
    });
    await expect(start('//evil.example/')).rejects.toThrow('AUTOMATE_LANDING');
    const server = await start('/');
    expect(await locationOf(server)).toBe('/account/');
    expect(await locationOf(server, '/account/')).toBe('/studio/account/');
    await server.close();
  });
});
