import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLong } from './support/lanes.ts';
import { BASE, expectInOrder, looks, openStudio, type StudioTest } from './support/studio.ts';
import { furnish, type House } from './support/studio-house.ts';

/** Where pictures are kept; without it there are none. */
const folder = process.env.AUTOMATE_GALLERY;

/** Pages below those of the navigation, by the name of their picture. */
const inner: Record<string, (house: House) => string> = {
  execution: ({ failed }) => `executions/${failed}/?step=label`,
  'execution-graph': ({ failed }) => `executions/${failed}/?tab=graph`,
  'execution-waiting': ({ waiting }) => `executions/${waiting}/`,
  compare: ({ failed, replay }) => `compare/${failed}/${replay}/`,
  trace: ({ trace }) => `correlation/?trace_id=${trace}`,
  workflow: ({ workflow }) => `workflows/${workflow}/`,
  'workflow-edit': ({ workflow }) => `workflows/${workflow}/edit/`,
};

/** Every page as everybody would see it. In `npm test` the pages' own tests look at them; here they are all, at once, in a furnished house. */
describe.runIf(isLong || folder)('every page of the Studio', () => {
  let studio: StudioTest;
  let house: House;
  let pages: readonly (readonly [name: string, path: string])[];

  beforeAll(async () => {
    studio = await openStudio({ environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: '127.0.0.1' } });
    house = await furnish(studio);
    const { body } = await studio.server.call<{ pages: { path: string }[] }>('GET', `${BASE}/api/studio/pages/`);
    pages = [
      ...body.pages.map(({ path }) => [path.replaceAll('/', '-'), `${path}/`] as const),
      ...Object.entries(inner).map(([name, path]) => [name, path(house)] as const),
    ];
    if (folder) mkdirSync(folder, { recursive: true });
  });
  afterAll(async () => {
    house?.close();
    await studio?.close();
  });

  it.each(looks)('is in order, in $colorScheme on a $size screen', { timeout: 600_000 }, async (look) => {
    const { page, ...tab } = await studio.look('', look);
    const found: string[] = [];
    for (const [name, path] of pages) {
      await page.goto(`${BASE}/studio/${path}`);
      await page.locator('main h1').first().waitFor();
      await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
      await page.locator('main .bone.on').first().waitFor({ state: 'detached' });
      if (folder) await page.screenshot({ path: join(folder, `${name}-${look.colorScheme}-${look.size}.png`) });
      await expectInOrder({ page, ...tab }, name).catch((error: unknown) => found.push(String(error)));
    }
    expect(found).toEqual([]);
  });
});
