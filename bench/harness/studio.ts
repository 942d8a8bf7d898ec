import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { findChromium } from '../../tools/chromium.ts';
import { startPostgres } from './postgres.ts';
import { productEnvironment } from './product.ts';
import { type Remote, startRemote } from './remote.ts';

const BUILD = fileURLToPath(new URL('../../tools/build-studio.mjs', import.meta.url));
const OWNER = { email: 'bench@example.com', password: 'a phrase that only benchmarks use' };

/** The product with its Studio in a process of its own, signed in as its owner. */
export interface StudioServer {
  readonly server: Remote;
  readonly url: string;
  readonly databaseUrl: string;
  /** Its owner's session, as a `Cookie` header has it. */
  readonly cookie: string;
}

/** Builds the web app, where it is not built yet. */
export function buildStudio(): void {
  const built = spawnSync(process.execPath, [BUILD], { stdio: ['ignore', 2, 2] });
  if (built.status !== 0) throw new Error('The Studio cannot be built.');
}

/** Serves the Studio for as long as the measuring takes. @param module a server process that answers `url` */
export async function withStudio(
  module: URL,
  profileDirectory: string | undefined,
  measure: (studio: StudioServer) => Promise<void>,
): Promise<void> {
  buildStudio();
  const postgres = await startPostgres();
  try {
    const databaseUrl = await postgres.createDatabase('studio');
    const environment = {
      ...productEnvironment({ url: databaseUrl }),
      AUTOMATE_BOOTSTRAP_EMAIL: OWNER.email,
      AUTOMATE_BOOTSTRAP_PASSWORD: OWNER.password,
    };
    const server = await startRemote(module, { environment, profileDirectory });
    try {
      const url = await server.call<string>('url');
      await measure({ server, url, databaseUrl, cookie: await signIn(url) });
    } finally {
      await server.stop();
    }
  } finally {
    await postgres.stop();
  }
}

export function launchChromium(...args: string[]): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('Chromium is not installed: `npm test` installs it, or says how.');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--headless', '--disable-gpu', ...args] });
}

/** A window that has nothing cached and is signed in. */
export async function openWindow(browser: Browser, { url, cookie }: StudioServer, height: number): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1_280, height } });
  const cookies = cookie.split('; ').map((pair) => pair.split(/=(.*)/s));
  await context.addCookies(
    cookies.map(([name = '', value = '']) => ({ name, value, domain: new URL(url).hostname, path: '/', secure: true })),
  );
  return context;
}

async function signIn(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json', origin: url };
  const reply = await fetch(`${url}/api/auth/sign-in/`, { method: 'POST', body: JSON.stringify(OWNER), headers });
  if (!reply.ok) throw new Error(`sign-in was answered with ${reply.status}`);
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.slice(0, cookie.indexOf(';')))
    .join('; ');
}
