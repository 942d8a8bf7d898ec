import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tab } from './support/chromium.ts';
import { isLong } from './support/lanes.ts';
import { BASE, everyLook, expectInOrder, openStudio, type StudioTest } from './support/studio.ts';
import { furnish, type House } from './support/studio-house.ts';
import { spendMoney } from './support/studio-money.ts';

/** Where pictures are kept; without it there are none. */
const folder = process.env.AUTOMATE_GALLERY;
/** Those of the page of the docs that shows them. */
const docs = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url));

/** Pages below those of the navigation, by the name of their picture. */
const inner: Record<string, (house: House) => string> = {
  'executions-failed': () => 'executions/?status=failed',
  execution: ({ failed }) => `executions/${failed}/?step=label`,
  'execution-graph': ({ failed }) => `executions/${failed}/?tab=graph`,
  'execution-waiting': ({ waiting }) => `executions/${waiting}/`,
  compare: ({ failed, replay }) => `compare/${failed}/${replay}/`,
  trace: ({ trace }) => `correlation/?trace_id=${trace}`,
  workflow: ({ workflow }) => `workflows/${workflow}/`,
  'workflow-versions': ({ workflow }) => `workflows/${workflow}/?tab=versions&from=1&to=2`,
  'workflow-runs': ({ workflow }) => `workflows/${workflow}/?tab=runs`,
  'workflow-cases': ({ workflow }) => `workflows/${workflow}/?tab=cases`,
  'workflow-edit': ({ workflow }) => `workflows/${workflow}/edit/`,
  'workflow-edit-graph': ({ workflow }) => `workflows/${workflow}/edit/?beside=graph`,
  'rule-of-workflow': ({ workflow, event }) => `tester/?workflow=${workflow}&trigger=0&event_id=${event}`,
  'rule-as-json': ({ workflow, event }) => `tester/?workflow=${workflow}&trigger=0&event_id=${event}&as=json`,
  'model-list': () => 'admin/engine/workflow/',
  'model-row': ({ workflow }) => `admin/engine/workflow/${workflow}/`,
  'model-new': () => 'admin/governance/secret/new/',
  'provider-kinds': () => 'providers/?new=kind',
  'provider-new': () => 'providers/?new=openai-compatible',
  'spend-by-model': () => 'spend/?by=model&within=week',
  'budget-new': () => 'budgets/?new=budget',
  'prices-of-vendor': () => 'prices/?book=openai',
  prompt: ({ prompt }) => `prompts/${prompt}/`,
  'prompt-versions': ({ prompt }) => `prompts/${prompt}/?tab=versions&from=1&to=2`,
  'prompt-tests': ({ prompt }) => `prompts/${prompt}/?tab=tests`,
  'prompt-try': ({ prompt }) => `prompts/${prompt}/?tab=try`,
  account: () => 'account/',
};

/** The best dozen, as the docs show them: wide, and light or dark. */
const PICTURED: Record<string, 'light' | 'dark'> = {
  dashboard: 'light',
  executions: 'dark',
  execution: 'light',
  'execution-graph': 'dark',
  trace: 'light',
  compare: 'dark',
  workflow: 'light',
  'workflow-edit-graph': 'dark',
  'rule-of-workflow': 'light',
  approvals: 'dark',
  'model-list': 'light',
  audit: 'dark',
};

/** Every page as everybody would see it. In `npm test` the pages' own tests look at them; here they are all, at once, in a furnished house. */
describe.runIf(isLong || folder)('every page of the Studio', () => {
  let studio: StudioTest;
  let house: House;
  let pages: readonly (readonly [name: string, path: string])[];

  beforeAll(async () => {
    studio = await openStudio({ environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: '127.0.0.1' } });
    house = await furnish(studio);
    await spendMoney(studio);
    const { body } = await studio.server.call<{ pages: { path: string }[] }>('GET', `${BASE}/api/studio/pages/`);
    const made = await studio.server.call<{ wizards: { name: string }[] }>('GET', `${BASE}/api/studio/wizard/`);
    pages = [
      ...body.pages.map(({ path }) => [path.replaceAll('/', '-'), `${path}/`] as const),
      ...made.body.wizards.map(({ name }) => [`wizard-${name}`, `wizard/${name}/`] as const),
      ...Object.entries(inner).map(([name, path]) => [name, path(house)] as const),
    ];
    if (folder) for (const each of [folder, docs]) mkdirSync(each, { recursive: true });
  });
  afterAll(async () => {
    house?.close();
    await studio?.close();
  });

  it.each(everyLook)('is in order, in $colorScheme on a $size screen', { timeout: 600_000 }, async (look) => {
    const { page, ...tab } = await studio.look('', look);
    const found: string[] = [];
    for (const [name, path] of pages) {
      await page.goto(`${BASE}/studio/${path}`);
      await page.locator('main h1').first().waitFor();
      await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
      await page.locator('main .bone.on').first().waitFor({ state: 'detached' });
      if (folder) await page.screenshot({ path: join(folder, `${name}-${look.colorScheme}-${look.size}.png`) });
      if (folder && look.size === 'wide' && PICTURED[name] === look.colorScheme) await picture(page, join(docs, `${name}.webp`));
      expect([name, await page.getByRole('button', { name: 'Try again' }).count()]).toEqual([name, 0]);
      await expectInOrder({ page, ...tab }, name).catch((error: unknown) =>
        found.push(`${error} ${JSON.stringify((error as { actual?: unknown }).actual)}`),
      );
    }
    expect(found).toEqual([]);
  });
});

/** WebP, which Playwright does not write: a third of what a PNG weighs. */
async function picture(page: Tab['page'], path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 85 });
  writeFileSync(path, Buffer.from(data, 'base64'));
}
