import { type BrowserContext, type BrowserContextOptions, type Browser as Chromium, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../../../tools/chromium.ts';

export type { Chromium };

/** It talks to the server of the test and to nobody else. */
const ARGUMENTS = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page that remembers what went wrong in it. */
export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts, violations of the page's policy, and requests to elsewhere. */
  readonly problems: string[];
}

/** A real browser, for one test file. @throws when none is installed: `npm test` installs it */
export async function launchChromium(): Promise<Chromium> {
  const program = findChromium();
  if (!program) throw new Error('Chromium is not installed: `npm test` installs it, or says how.');
  return chromium.launch({ executablePath: program, args: ARGUMENTS });
}

/** A browser profile of its own with one tab. */
export async function openTab(browser: Chromium, url: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ baseURL: url, ...options });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const problems: string[] = [];
  const { origin } = new URL(url);
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A refusal of the API is shown to the person; the browser notes it besides.
    if (
      message.type() === 'error' &&
      !/^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())
    )
      problems.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin)
      problems.push(`request to ${request.url()}`);
  });
  return { page, context, problems };
}
