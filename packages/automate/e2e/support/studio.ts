import { expect, vi } from 'vitest';
import { createTestServer, type TestServer } from '../../src/testing/index.ts';
import { accessibilityProblems, watch } from './accessibility.ts';
import { type Chromium, launchChromium, openTab, type Tab } from './chromium.ts';
import type { Execution } from './executions.ts';
import { oneKind, sampled } from './lanes.ts';

/** Path that the server of these tests is mounted at. */
export const BASE = '/house';
/** The owner of the tenant. */
export const ADA = 'ada@example.com';
export const PASSWORD = 'a quite unlikely phrase';
/** Would run in a page that shows it as anything but text. */
export const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

export const sizes = { wide: { width: 1_280, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** Each theme on each size of screen. */
export const everyLook = (['light', 'dark'] as const).flatMap((colorScheme) =>
  (Object.keys(sizes) as (keyof typeof sizes)[]).map((size) => ({ colorScheme, size })),
);
const seed = Number(process.env.AUTOMATE_TEST_SEED ?? Date.now() % 1_000_000);
/** In the short lane one of them, another with each seed. All pages in all looks are in the gallery, which the long lane has. */
export const looks = sampled(everyLook, everyLook.length, seed);

type Cookies = Awaited<ReturnType<Tab['context']['cookies']>>;

/** A server with the Studio, and browsers in front of it. */
export interface StudioTest {
  readonly server: TestServer;
  readonly chromium: Chromium;
  /** A tab of somebody who is signed in. @param path below `/studio/` @param email default: the owner */
  open(path: string, options?: Parameters<typeof openTab>[2], email?: string): Promise<Tab>;
  /** One of a theme and a size, with nothing moving: what axe looks at. */
  look(path: string, look: (typeof everyLook)[number], email?: string): Promise<Tab>;
  sessionOf(email: string): Promise<Cookies>;
  /** Somebody with a role in the tenant of the owner. @returns their address */
  person(name: string, role: string): Promise<string>;
  /** A new execution of a workflow. @returns its id */
  run(workflow: string, input?: object): Promise<string>;
  ended(execution: string): Promise<Execution>;
  /** Tabs that the test has opened by itself are watched too. */
  watch(tab: Tab): void;
  /** Closes everything. Fails when a script failed, the policy of the page was violated, or anything was asked for elsewhere. */
  close(): Promise<void>;
}

export async function openStudio(options: Parameters<typeof createTestServer>[1] = {}): Promise<StudioTest> {
  const server = await createTestServer(oneKind, {
    basePath: BASE,
    ...options,
    environment: { AUTOMATE_BOOTSTRAP_EMAIL: ADA, AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD, ...options.environment },
  });
  const chromium = await launchChromium().catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const tabs: Tab[] = [];
  const sessions = new Map<string, Cookies>();
  const post = (path: string, data: object) =>
    fetch(`${server.url}${BASE}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: JSON.stringify(data),
    });

  const studio: StudioTest = {
    server,
    chromium,
    watch: (tab) => void tabs.push(tab),
    /** Sign-in is asked for once, as it holds off who tries often. */
    async sessionOf(email) {
      const known = sessions.get(email);
      if (known) return known;
      const context = await chromium.newContext({ baseURL: server.url });
      const data = { email, password: PASSWORD };
      const reply = await context.request.post(`${BASE}/api/auth/sign-in/`, { data, headers: { origin: server.url } });
      expect(reply.status()).toBe(200);
      const cookies = await context.cookies();
      await context.close();
      sessions.set(email, cookies);
      return cookies;
    },
    async open(path, tabOptions = {}, email = ADA) {
      const tab = await openTab(chromium, server.url, { viewport: sizes.wide, ...tabOptions });
      await watch(tab.context);
      tabs.push(tab);
      await tab.context.addCookies(await studio.sessionOf(email));
      await tab.page.goto(`${BASE}/studio/${path}`);
      return tab;
    },
    look: (path, { colorScheme, size }, email) =>
      studio.open(path, { colorScheme, viewport: sizes[size], reducedMotion: 'reduce' }, email),
    async person(name, role) {
      const email = `${name.toLowerCase()}@example.com`;
      const { body } = await server.call<{ link: string }>('POST', `${BASE}/api/v1/users/`, { email, name, role });
      const accepted = await post('/api/auth/reset-password/', { token: body.link.split('#token=')[1], password: PASSWORD });
      expect(accepted.status).toBeLessThan(300);
      return email;
    },
    async run(workflow, input = {}) {
      const path = `${BASE}/api/v1/workflows/${workflow}/run/`;
      return (await server.call<{ execution_id: string }>('POST', path, { input })).body.execution_id;
    },
    ended: (id) =>
      soon(async () => {
        const { body } = await server.call<Execution>('GET', `${BASE}/api/v1/executions/${id}/`);
        expect(body.finished_at).not.toBeNull();
        return body;
      }),
    async close() {
      const problems = tabs.flatMap((tab) => tab.problems);
      for (const { context } of tabs) await context.close();
      await chromium.close();
      await server.close();
      expect(problems).toEqual([]);
    },
  };
  return studio;
}

/** Until a check holds, as long as a browser may take on a busy machine. */
export function soon<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 60_000, interval: 50 });
}

/** Nothing in the way of people with other senses or hands, and nothing wider than the screen. @param where named when it fails */
export async function expectInOrder(tab: Tab, where: string): Promise<void> {
  expect([where, await accessibilityProblems(tab.page)]).toEqual([where, []]);
  const isWide = await tab.page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  expect([where, isWide]).toEqual([where, false]);
}
