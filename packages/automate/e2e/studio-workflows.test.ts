import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestServer } from '../src/testing/index.ts';
import type { Tab } from './support/chromium.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest } from './support/studio.ts';

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
    const shot = (name: string) =>
      process.env.SHOTS
        ? page.screenshot({ path: `${process.env.SHOTS}/${look.colorScheme}-${look.size}-${name}.png` })
        : undefined;
    await table(tab)
      .getByRole('link', { name: /Orders/ })
      .waitFor();
    await page
      .getByRole('img', { name: /Latest runs/ })
      .first()
      .waitFor();
    await shot('list');
    await expectInOrder(tab, 'list');
    for (const [name, path, ready] of [
      ['overview', '', /Test the rule/],
      ['step', '?step=is_large', /Test this rule/],
      ['versions', '?tab=versions&from=1&to=2', /Publish v2/],
      ['runs', '?tab=runs', /^…/],
      ['cases', '?tab=cases', /^Test “Large/],
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
      await shot(name);
      await expectInOrder(tab, name);
    }
    await page.goto(`${BASE}/studio/workflows/${orders}/?run=true`);
    await page.getByRole('dialog').getByRole('textbox', { name: 'Input' }).waitFor();
    await shot('run');
    await expectInOrder(tab, 'run');
    expect(await page.locator('img').count()).toBe(0);
  });
});
