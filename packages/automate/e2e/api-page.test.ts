import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { watch } from './support/accessibility.ts';
import { type Chromium, launchChromium, openTab, type Tab } from './support/chromium.ts';
import { oneKind } from './support/lanes.ts';

const PASSWORD = 'correct horse battery staple';
const ADA = 'ada@example.com';

// A browser takes its time on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

/** Mounted below a path, since that is what links forget. */
const BASE = '/automate';
const PAGE = `${BASE}/api/docs/`;
const TAKE_EVENTS = `${PAGE}#tag/events/POST/api/v1/events/`;

describe('the API page', () => {
  let chromium: Chromium;
  let server: TestServer;
  const tabs: Tab[] = [];
  beforeAll(async () => {
    chromium = await launchChromium();
    server = await createTestServer(oneKind, {
      hasWorker: false,
      basePath: BASE,
      environment: { AUTOMATE_BOOTSTRAP_EMAIL: ADA, AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD, AUTOMATE_LANDING: '/api/docs/' },
    });
  });
  afterAll(async () => {
    const problems = tabs.flatMap((tab) => tab.problems);
    for (const { context } of tabs) await context.close();
    await chromium?.close();
    await server?.close();
    // No script failed, no policy was violated, nothing was asked for elsewhere.
    expect(problems).toEqual([]);
  });

  async function open(path: string, options: Parameters<typeof openTab>[2] = {}): Promise<Tab> {
    const tab = await openTab(chromium, server.url, options);
    await watch(tab.context);
    tabs.push(tab);
    await tab.page.goto(path);
    await tab.page.getByRole('heading', { level: 1, name: 'Automate API' }).waitFor();
    return tab;
  }

  const dialog = ({ page }: Tab) => page.getByRole('dialog');
  const testButton = ({ page }: Tab) => page.getByRole('button', { name: /^Test Request\W*post \/api\/v1\/events\/\)$/ });
  /** Sends the event that is shown. @returns what was asked and what came back */
  async function tryOut(tab: Tab) {
    await testButton(tab).click();
    const answered = tab.page.waitForResponse((reply) => new URL(reply.url()).pathname === `${BASE}/api/v1/events/`);
    await dialog(tab).locator('[data-addressbar-action=send]').filter({ visible: true }).click();
    const reply = await answered;
    return { reply, headers: await reply.request().allHeaders() };
  }

  it.each(['light', 'dark'] as const)('is in our colours, and nothing runs over the edge of a phone: %s', async (colorScheme) => {
    const { page } = await open(TAKE_EVENTS, { colorScheme, viewport: { width: 1_280, height: 900 } });
    await page.getByRole('heading', { name: 'Take in one event or up to 1,000' }).waitFor();
    for (const viewport of [
      { width: 1_280, height: 900 },
      { width: 390, height: 844 },
    ]) {
      await page.setViewportSize(viewport);
      const seen = await page.evaluate(`(() => {
        const { color, backgroundColor } = getComputedStyle(document.body);
        const { scrollWidth, clientWidth } = document.documentElement;
        return { color, backgroundColor, isWide: scrollWidth > clientWidth };
      })()`);
      const wanted = { light: ['rgb(22, 32, 44)', 'rgb(255, 255, 255)'], dark: ['rgb(230, 235, 241)', 'rgb(23, 29, 36)'] };
      expect(seen).toMatchObject({
        color: wanted[colorScheme][0],
        backgroundColor: wanted[colorScheme][1],
        isWide: false,
      });
    }
  });

  it('leads nowhere else, and offers no service of anybody', async () => {
    const { page } = await open(PAGE);
    const links = page.locator('a[href^="http"]').filter({ visible: true });
    const places = await Promise.all((await links.all()).map((link) => link.getAttribute('href')));
    const foreign = places.filter((href) => new URL(href ?? '').origin !== server.url);
    expect(foreign).toEqual([]);
    for (const name of [/\bAI\b|Ask/, /MCP/, /Share/, /Powered by/, /Open API Client/, /Deploy/])
      expect([String(name), await page.getByText(name).filter({ visible: true }).count()]).toEqual([String(name), 0]);
  });

  it('finds an operation, and shows a body, curl and a call of the client', async () => {
    const tab = await open(PAGE);
    const { page } = tab;
    await page
      .getByRole('button', { name: /Search/ })
      .first()
      .click();
    await dialog(tab).getByRole('search').waitFor();
    await page.keyboard.type('dead letters');
    await dialog(tab).getByText('Try many dead letters again').first().click();
    await page.waitForURL(/#tag\/jobs\/POST\/api\/v1\/jobs\/batch/);
    await page.goto(TAKE_EVENTS);
    const card = page.getByRole('group').filter({ has: testButton(tab) });
    await card.getByText('order.created').first().waitFor();
    expect(await card.textContent()).toContain(`curl ${server.url}${BASE}/api/v1/events/`);
    await card.getByTestId('client-picker').click();
    await page
      .getByRole('option', { name: /automate-client/ })
      .first()
      .click();
    await card.getByText('automate.events').first().waitFor();
    expect(await card.textContent()).toContain("event_type: 'order.created'");
  });

  it('sends a request with a key, which it forgets, and shows the reply', async () => {
    const tab = await open(TAKE_EVENTS);
    const { page } = tab;
    await page.getByPlaceholder('Token').first().fill(server.token);
    const { reply, headers } = await tryOut(tab);
    expect([reply.status(), headers.authorization]).toEqual([202, `Bearer ${server.token}`]);
    expect(JSON.parse(reply.request().postData() ?? '')).toMatchObject({ event_type: 'order.created' });
    const { event_id: id } = (await reply.json()) as { event_id: string };
    await dialog(tab).getByText(id).first().waitFor();
    expect((await server.call('GET', `${BASE}/api/v1/events/${id}/`)).status).toBe(200);
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(server.token);
  });

  it('uses the session of who is signed in, and is where sign-in leads', async () => {
    const tab = await openTab(chromium, server.url);
    tabs.push(tab);
    const { page } = tab;
    await page.goto(`${BASE}/`);
    expect(new URL(page.url()).pathname).toBe(PAGE);
    await page.goto(`${BASE}/sign-in/`);
    await page.getByLabel('E-mail', { exact: true }).filter({ visible: true }).fill(ADA);
    await page.getByLabel('Password', { exact: true }).filter({ visible: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(({ pathname }) => pathname === PAGE);
    await page.goto(TAKE_EVENTS);
    await page.getByRole('heading', { name: 'Take in one event or up to 1,000' }).waitFor();
    const { reply, headers } = await tryOut(tab);
    expect([reply.status(), headers.authorization, headers['x-api-key']]).toEqual([202, undefined, undefined]);
    expect(headers.cookie).toContain('__Host-automate_session=');
  });

  it('is sent with a strict policy, and its files once, compressed where they are', async () => {
    const ask = (path: string, init: RequestInit = {}) => fetch(new URL(path, server.url), init);
    for (const path of [PAGE, PAGE.slice(0, -1)]) {
      const reply = await ask(path);
      const policy = reply.headers.get('content-security-policy') ?? '';
      const text = await reply.text();
      const [, nonce] = /script-src 'nonce-([\w-]+)';/.exec(policy) ?? [];
      expect(text).toContain(`nonce="${nonce}"`);
      expect(policy).toMatch(/^default-src 'none'; /);
      expect(policy).toContain("connect-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
      expect(reply.headers.get('cache-control')).toBe('no-store');
      expect(text).not.toMatch(/<script>|<style|\sstyle=|\son\w+=|https?:\/\//);
      const files = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, file = '']) => file);
      expect(files).toHaveLength(4);
      for (const file of files) {
        const found = await ask(file);
        expect([file, found.status, file.startsWith(BASE)]).toEqual([file, 200, true]);
        await found.arrayBuffer();
      }
    }
    const script = /src="([^"]+)"/.exec(await (await ask(PAGE)).text())?.[1] ?? '';
    const bundle = await ask(script.replace('reference.js', 'standalone.esm.js'), { method: 'HEAD' });
    expect([bundle.status, bundle.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    const known = { 'if-none-match': bundle.headers.get('etag') ?? '' };
    expect((await ask(script.replace('reference.js', 'standalone.esm.js'), { headers: known })).status).toBe(304);
    const other = await ask(script.replace(/files\/[^/]+/, 'files/another'));
    expect([other.status, other.headers.get('cache-control')]).toEqual([200, 'no-store']);
    for (const name of ['standalone.js', 'standalone.esm.js.map', '../views.ts', '..%2fviews.ts', 'nothing.js'])
      expect([name, (await ask(script.replace('reference.js', name))).status]).toEqual([name, 404]);
  });
});
