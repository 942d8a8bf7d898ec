import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../src/testing/index.ts';
import type { Tab } from './support/chromium.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

interface Workflow {
  readonly id: string;
  readonly is_live: boolean;
  readonly workflow_version: number;
  readonly latest_version: number;
}

const say = { id: 'say', type: 'core.log', name: HOSTILE, config: { message: HOSTILE } };
const over = { '>': [{ var: 'payload.amount' }, 100] };
const graph = {
  nodes: [
    { id: 'is_large', type: 'logic.if', config: { condition: { '>': [{ var: 'event.payload.amount' }, 1_000] } } },
    {
      id: 'ticket',
      type: 'http.request',
      config: { method: 'POST', url: 'https://tickets.example.invalid/', json: { amount: '{{ event.payload.amount }}' } },
      retry: { attempts: 1 },
    },
    { id: 'each', type: 'flow.foreach', config: { items: [1, 2], body: { nodes: [say], edges: [] } } },
  ],
  edges: [
    { source: 'is_large', target: 'ticket', condition: 'true' },
    { source: 'is_large', target: 'each', condition: 'false' },
  ],
};

describe('workflows in the Studio', () => {
  let studio: StudioTest;
  let server: TestServer;
  let orders = '';

  const create = async (name: string, body: object = {}) =>
    (await server.call<Workflow>('POST', `${BASE}/api/v1/workflows/`, { name, graph: { nodes: [say] }, ...body })).body.id;
  const read = async (id: string) => (await server.call<Workflow>('GET', `${BASE}/api/v1/workflows/${id}/`)).body;
  const table = ({ page }: Tab) => page.getByRole('region', { name: 'Workflows', exact: true });

  beforeAll(async () => {
    studio = await openStudio();
    server = studio.server;
    orders = await create(`Orders ${HOSTILE}`, {
      graph,
      triggers: [{ type: 'event', event_type: 'order.created', filter: over }],
      settings: { timeout_seconds: 60 },
    });
    await server.call('POST', `${BASE}/api/v1/workflows/${orders}/versions/`, {
      graph: { nodes: [...graph.nodes, { id: 'last', type: 'core.log', config: { message: 'x' } }], edges: graph.edges },
    });
    await server.call('POST', `${BASE}/api/v1/workflows/${orders}/cases/`, {
      name: `Large ${HOSTILE}`,
      event: { type: 'order.created', payload: { amount: 120, note: HOSTILE } },
      matches: true,
    });
    await studio.ended(await studio.run(orders, { amount: 7 }));
    await studio.ended(await studio.run(orders, { amount: 7_000 }));
    await create('Asleep', { is_live: false });
  });
  afterAll(() => studio?.close());

  it.each(looks)('have no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('workflows/', look);
    const { page } = tab;
    await table(tab)
      .getByRole('link', { name: /Orders/ })
      .waitFor();
    await page
      .getByRole('img', { name: /Latest runs/ })
      .first()
      .waitFor();
    await expectInOrder(tab, 'list');
    for (const [name, path, ready] of [
      ['overview', '', /Test this rule/],
      ['step', '?step=is_large', /Test this rule/],
      ['versions', '?tab=versions&from=1&to=2', /Publish v2/],
      ['runs', '?tab=runs', /^…/],
      ['cases', '?tab=cases', /^Test it: Large/],
      ['edit', 'edit/', /Save/],
      ['dry', 'edit/?beside=dry', /Try it/],
    ] as const) {
      await page.goto(`${BASE}/studio/workflows/${orders}/${path}`);
      await page
        .getByRole('link', { name: ready })
        .or(page.getByRole('button', { name: ready }))
        .first()
        .waitFor();
      if (name === 'edit') await page.getByText('Nothing is wrong').waitFor();
      if (['overview', 'versions', 'edit'].includes(name)) await page.locator('.node').first().waitFor();
      await expectInOrder(tab, name);
    }
    await page.goto(`${BASE}/studio/workflows/${orders}/?run=true`);
    await page.getByRole('dialog').getByRole('textbox', { name: 'Input' }).waitFor();
    await expectInOrder(tab, 'run');
    expect(await page.locator('img').count()).toBe(0);
  });

  it('are edited by the keyboard alone: a fault is told at its place, mended, stored, published and run', async () => {
    const id = await create('Edited');
    const tab = await studio.open('executions/');
    const { page } = tab;
    await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
    for (const key of ['g', 'w']) await page.keyboard.press(key);
    await table(tab).getByRole('link', { name: 'Edited' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Edit', exact: true }).focus();
    await page.keyboard.press('Enter');
    const editor = page.getByRole('textbox', { name: 'Workflow as JSON' });
    await editor.waitFor();
    await editor.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(
      '{"graph": {"nodes": [{"id": "note", "type": "core.lo", "config": {"message": "x"}}], "edges": []}, "triggers": [], "settings": {}}',
    );
    const faults = page.getByRole('region', { name: 'Faults' });
    await faults.getByText('/graph/nodes/0/type').waitFor();
    await page.locator('.cm-lintRange-error').first().waitFor();
    // The fault leads to its place; there, what may stand is suggested.
    await faults.getByRole('button').first().focus();
    await page.keyboard.press('Enter');
    await soon(async () =>
      expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Workflow as JSON'),
    );
    for (let step = 0; step < 8; step++) await page.keyboard.press('ArrowRight');
    await page.keyboard.type('g');
    await page.getByRole('option', { name: /core\.log/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Nothing is wrong').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByText('Version 2 is stored, and not published yet').waitFor();
    expect(await read(id)).toMatchObject({ workflow_version: 1, latest_version: 2 });
    await page.getByRole('button', { name: 'Publish v2' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Version 2 is published').waitFor();
    expect((await read(id)).workflow_version).toBe(2);
    await page.getByRole('button', { name: 'Run', exact: true }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Run Edited' });
    await dialog.getByRole('textbox', { name: 'Input' }).waitFor();
    await dialog.getByRole('button', { name: 'Run' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/executions\/[0-9a-f-]{36}/);
    const [, execution = ''] = /executions\/([0-9a-f-]{36})/.exec(page.url()) ?? [];
    expect((await studio.ended(execution)).status).toBe('succeeded');
  });

  it('lose nothing when two people edit one, or the page is left', async () => {
    const id = await create('Shared', { graph: { nodes: [say, { ...say, id: 'other' }] } });
    const tab = await studio.open(`workflows/${id}/edit/`);
    const { page } = tab;
    const editor = page.getByRole('textbox', { name: 'Workflow as JSON' });
    await page.getByText('Nothing is wrong').waitFor();
    const mine = {
      graph: {
        nodes: [
          { ...say, config: { message: 'mine' } },
          { ...say, id: 'other' },
        ],
        edges: [],
      },
      triggers: [],
      settings: {},
    };
    await editor.fill(JSON.stringify(mine));
    await page.getByText('1 change not saved').waitFor();
    await server.call('POST', `${BASE}/api/v1/workflows/${id}/versions/`, {
      graph: { nodes: [say, { ...say, id: 'other', config: { message: 'theirs' } }] },
    });
    await page.keyboard.press('Control+s');
    const conflict = page.getByRole('dialog', { name: 'Two people have changed this' });
    await conflict.waitFor();
    await conflict.getByRole('button', { name: 'Save the result' }).click();
    await soon(async () => expect((await read(id)).latest_version).toBe(3));
    const { body } = await server.call<{ results: [{ graph: { nodes: { config: { message: string } }[] } }] }>(
      'GET',
      `${BASE}/api/v1/workflows/${id}/versions/`,
    );
    expect(body.results[0].graph.nodes.map(({ config }) => config.message)).toEqual(['mine', 'theirs']);
    await editor.fill('{"graph": ');
    await page.getByText('1 change not saved').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Stay here' }).click();
    expect(await editor.textContent()).toContain('{"graph": ');
  });

  it('take text in the place of marked text, before the marks are gone', async () => {
    const tab = await studio.open(`workflows/${orders}/edit/`);
    const { page } = tab;
    const editor = page.getByRole('textbox', { name: 'Workflow as JSON' });
    await editor.focus();
    for (const [mark, text] of [
      ['.cm-matchingBracket', '['],
      ['.cm-nonmatchingBracket', '7'],
    ] as const) {
      await page.keyboard.press('Control+Home');
      await page.locator(mark).first().waitFor();
      const picture = await page.evaluate(`getComputedStyle(document.querySelector('${mark}')).backgroundImage`);
      expect(picture).toContain('linear-gradient(rgba(');
      // At once, as a program types: the editor has not seen yet that all is selected.
      await page.evaluate(`getSelection().selectAllChildren(document.querySelector('.cm-content'));
        document.execCommand('insertText', false, '${text}')`);
      await soon(async () => expect(await editor.textContent()).toBe(text));
    }
    expect(tab.problems).toEqual([]);
  });

  it('are tried with a sample before they are stored', async () => {
    const tab = await studio.open(`workflows/${orders}/edit/?beside=dry`);
    const { page } = tab;
    await page.getByRole('textbox', { name: 'Sample input' }).focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('{"amount": 5000}');
    await page.getByRole('button', { name: 'Try it' }).click();
    const report = page.getByRole('region', { name: 'Dry run' });
    await report.getByText('POST https://tickets.example.invalid/').first().waitFor();
    expect((await read(orders)).latest_version).toBe(2);
  });

  it('are paused together, and taken back', async () => {
    const ids = [await create('Pair one'), await create('Pair two')];
    const tab = await studio.open('workflows/?q=Pair');
    const { page } = tab;
    for (const name of ['Pair one', 'Pair two']) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('2 workflows are paused').waitFor();
    for (const id of ids) expect((await read(id)).is_live).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await soon(async () => expect((await Promise.all(ids.map(read))).map(({ is_live }) => is_live)).toEqual([true, true]));
    await page.goto(`${BASE}/studio/workflows/?state=paused&q=Asleep`);
    await table(tab).getByRole('link', { name: 'Asleep' }).waitFor();
    expect(await page.getByRole('link', { name: /^Pair/ }).count()).toBe(0);
  });

  it('are not published when a case fails, unless one takes it upon oneself', async () => {
    const id = await create('Measured', { triggers: [{ type: 'event', event_type: 'order.created', filter: over }] });
    const tab = await studio.open(`tester/?workflow=${id}&trigger=0`);
    const { page } = tab;
    await page.getByRole('button', { name: 'Save as a case' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Save as a case' });
    await dialog.getByLabel('Name').fill('Of 120');
    await dialog.getByRole('button', { name: 'Save as a case' }).click();
    await page.getByText('“Of 120” is saved').waitFor();
    await page.getByRole('button', { name: 'Cases' }).click();
    await page.getByRole('region', { name: 'Cases' }).getByText('Passes').waitFor();
    await server.call('POST', `${BASE}/api/v1/workflows/${id}/versions/`, {
      graph: { nodes: [say] },
      triggers: [{ type: 'event', event_type: 'order.created', filter: { '>': [{ var: 'payload.amount' }, 500] } }],
    });
    await page.goto(`${BASE}/studio/workflows/${id}/?tab=cases`);
    await page.getByText('Fails').waitFor();
    await page.getByRole('button', { name: 'Publish v2' }).click();
    const refused = page.getByRole('dialog', { name: 'Cases fail, so nothing was published' });
    await refused.getByText('"Of 120" was to start an execution, and starts none').waitFor();
    expect((await read(id)).workflow_version).toBe(1);
    await refused.getByRole('button', { name: 'Publish anyway' }).click();
    await page.getByText('Version 2 is published').waitFor();
    expect((await read(id)).workflow_version).toBe(2);
  });

  it('have rules that are built by the keyboard alone, and explained', async () => {
    const tab = await studio.open('tester/?rule=true');
    const { page } = tab;
    await page.getByText('Without a condition, every event matches.').waitFor();
    await page.getByRole('button', { name: 'Condition' }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('textbox', { name: 'Field' })
      .or(page.getByRole('combobox', { name: 'Field' }))
      .focus();
    await page.keyboard.type('payload.amount');
    await page.keyboard.press('Escape');
    await page.getByLabel('Operator').selectOption('>');
    await page.getByLabel('Value').focus();
    await page.keyboard.type('100');
    await page.getByRole('treeitem', { name: /payload.amount > 100/ }).waitFor();
    await page.getByRole('button', { name: 'Group', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('treeitem', { name: 'All of' }).waitFor();
    await page.getByRole('button', { name: 'JSONLogic' }).focus();
    await page.keyboard.press('Enter');
    const json = page.getByRole('textbox', { name: 'Rule', exact: true });
    await soon(async () =>
      expect(JSON.parse((await json.locator('.cm-line').allTextContents()).join('\n') || 'null')).toEqual({
        and: [over, { or: [{ '==': [{ var: '' }, ''] }] }],
      }),
    );
    // As deep as a rule may be; what the builder does not show stays.
    let deep: unknown = { if: [true, true, false] };
    for (let level = 0; level < 14; level++) deep = level % 2 ? { and: [deep] } : { or: [deep] };
    await page.goto(`${BASE}/studio/tester/?rule=${encodeURIComponent(JSON.stringify(deep))}`);
    await page.getByRole('group', { name: 'A part of the rule that only JSON shows' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'How the conditions combine' }).count()).toBe(14);
  });

  it('offer no more than the role allows', async () => {
    const tab = await studio.open(`workflows/${orders}/`, {}, await studio.person('Vera', 'viewer'));
    const { page } = tab;
    await page.getByRole('heading', { name: 'Triggers' }).waitFor();
    expect(await page.getByRole('button', { name: /^(Run|Pause|Publish)/ }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Edit', exact: true }).count()).toBe(0);
    await page.goto(`${BASE}/studio/workflows/`);
    await table(tab).getByRole('link', { name: 'Asleep' }).waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await page.goto(`${BASE}/studio/workflows/${orders}/?tab=cases`);
    await page.getByText('Passes').waitFor();
    expect(await page.getByRole('button', { name: /^Delete/ }).count()).toBe(0);
  });

  it('of five hundred steps are drawn, and compared', async () => {
    const nodes = Array.from({ length: 500 }, (_, index) => ({ ...say, id: `n${index}` }));
    const edges = nodes.slice(1).map(({ id }, index) => ({ source: `n${Math.floor(index / 2)}`, target: id }));
    const id = await create('Large', { graph: { nodes, edges } });
    const tab = await studio.open(`workflows/${id}/`);
    await tab.page.locator('.node').first().waitFor();
    await server.call('POST', `${BASE}/api/v1/workflows/${id}/versions/`, {
      graph: { nodes: nodes.map((node, index) => (index === 7 ? { ...node, config: { message: 'other' } } : node)), edges },
    });
    await tab.page.goto(`${BASE}/studio/workflows/${id}/?tab=versions&from=1&to=2`);
    await tab.page.getByRole('listitem').filter({ hasText: 'n7' }).getByText('other').waitFor();
    expect(await tab.page.getByRole('listitem').filter({ hasText: '/config/message' }).count()).toBe(1);
  });
});
