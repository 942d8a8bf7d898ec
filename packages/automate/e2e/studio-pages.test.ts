import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleet } from '../../../examples/studio-page/fleet.ts';
import { defineFeature, type StudioPage } from '../src/server/index.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest } from './support/studio.ts';

const folder = mkdtempSync(join(tmpdir(), 'studio-pages-'));
const draws = (file: string, code: string) => {
  writeFileSync(join(folder, file), code);
  return pathToFileURL(join(folder, file));
};
const page = (path: string, module: URL): StudioPage => ({
  path,
  title: { en: `Page ${path}` },
  icon: 'none',
  group: 'build',
  module,
});

describe('pages of features', () => {
  let studio: StudioTest;

  beforeAll(async () => {
    const tools = defineFeature({
      name: 'tools',
      pages: [
        page('tools/good', draws('good.js', GOOD)),
        page('tools/bad', draws('bad.js', 'export default () => { throw new Error("the crane is stuck"); };')),
        page('tools/broken', draws('broken.js', 'export default 1 +;')),
      ],
    });
    studio = await openStudio({ features: [fleet, tools] });
    await studio.server.call('POST', `${BASE}/api/v1/workflows/`, {
      name: `Vans ${HOSTILE}`,
      graph: { nodes: [{ id: 'say', type: 'core.log', config: { message: 'x' } }], edges: [] },
    });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await studio?.close();
  });

  const GOOD = `
    export default ({ element, path, search, allows, navigate, toast, signal }) => {
      const button = Object.assign(document.createElement('button'), { className: 'btn', textContent: 'Go' });
      button.onclick = () => navigate('tools/good/inside/?n=2');
      const where = Object.assign(document.createElement('h1'), { textContent: JSON.stringify([path, search.get('n'), allows('x:y')]) });
      element.append(where, button);
      if (path) toast('You are inside');
      return () => document.documentElement.setAttribute('data-cleared', path || 'top');
    };`;

  it('are told to those who may open them, in the order of the navigation', async () => {
    const { body } = await studio.server.call<{ pages: { path: string; module: string | null }[] }>(
      'GET',
      `${BASE}/api/studio/pages/`,
    );
    const paths = body.pages.map(({ path }) => path);
    expect(paths.indexOf('executions')).toBeLessThan(paths.indexOf('fleet'));
    expect(paths.indexOf('fleet')).toBeLessThan(paths.indexOf('tester'));
    expect(body.pages.find(({ path }) => path === 'fleet')).toEqual({
      path: 'fleet',
      title: { en: 'Fleet', it: 'Flotta' },
      icon: 'globe',
      group: 'observe',
      key: 'f',
      module: 'studio/modules/fleet/fleet.js',
    });
    expect((await fetch(`${studio.server.url}${BASE}/api/studio/pages/`)).status).toBe(401);
  });

  it.each(looks)('are drawn by themselves, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('fleet/', look);
    await tab.page.getByRole('link', { name: /Vans/ }).waitFor();
    await expectInOrder(tab, 'fleet');
  });

  it('are reached by key and palette, and lead to others', async () => {
    const { page: shown } = await studio.open('executions/');
    await shown.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
    await shown.getByRole('link', { name: 'Fleet' }).waitFor();
    await shown.keyboard.press('g');
    await shown.keyboard.press('f');
    await shown.getByRole('link', { name: /Vans <img/ }).click();
    await shown.waitForURL(/executions\/\?workflow=/);
    await shown.keyboard.press('Control+k');
    await shown.keyboard.type('good');
    await shown.getByRole('option', { name: 'Page tools/good' }).waitFor();
    await shown.keyboard.press('Enter');
    await shown.getByRole('heading', { name: '["",null,true]' }).waitFor();
    await shown.getByRole('button', { name: 'Go', exact: true }).click();
    await shown.getByRole('heading', { name: '["inside","2",true]' }).waitFor();
    await shown.getByText('You are inside').waitFor();
    expect(await shown.evaluate('document.documentElement.dataset.cleared')).toBe('top');
    expect(await shown.locator('main h1').count()).toBe(1);
  });

  it('fail alone', async () => {
    const { page: shown } = await studio.open('tools/bad/');
    await shown.getByText('the crane is stuck').waitFor();
    await shown.getByRole('button', { name: 'Try again' }).waitFor();
    await shown.goto(`${BASE}/studio/tools/broken/`);
    await shown.getByRole('button', { name: 'Try again' }).waitFor();
    await shown.getByRole('link', { name: 'Executions' }).click();
    await shown.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
    await shown.goto(`${BASE}/studio/nowhere/`);
    await shown.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  });

  it('speak the language of the Studio, and are not there for others', async () => {
    const { page: italian } = await studio.open('fleet/', { locale: 'it-IT' });
    await italian.getByRole('heading', { name: 'Flotta', level: 1 }).waitFor();
    const { page: other } = await studio.open('fleet/', {}, await studio.person('Vera', 'viewer'));
    await other.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    expect(await other.getByRole('link', { name: 'Fleet' }).count()).toBe(0);
  });

  it('are sent with what belongs to them, and nothing else of their folder', async () => {
    writeFileSync(join(folder, 'package.json'), '{}');
    writeFileSync(join(folder, '.env'), 'A=1');
    const get = (path: string) => fetch(`${studio.server.url}${BASE}/studio/modules/tools.good/${path}`);
    const script = await get('good.js');
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    for (const path of ['package.json', '.env', '../.env', '%2e%2e/x.js', ''])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  it('have one address each', async () => {
    const doubled = defineFeature({ name: 'doubled', pages: [page('fleet', draws('x.js', ''))] });
    await expect(openStudio({ features: [fleet, doubled] })).rejects.toThrow('Two pages of the Studio have the path "fleet".');
  });
});
