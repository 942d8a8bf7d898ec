import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { enqueue, type JobHandler } from '../src/jobs/index.ts';
import type { TestServer } from '../src/testing/index.ts';
import type { Tab } from './support/chromium.ts';
import { sized } from './support/lanes.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest } from './support/studio.ts';

const MANY = sized(1_000, 3_000);

describe('lists of the Studio', () => {
  let studio: StudioTest;
  let server: TestServer;
  let tenantId: string;
  let naps: string;
  let deadId: string;

  const hopeless: JobHandler = {
    kind: 'shop.hopeless',
    run: async ({ payload }) => ({
      type: 'failed',
      error: { code: String(payload.code), message: `${HOSTILE} ${payload.code}` },
    }),
  };
  const slow: JobHandler = {
    kind: 'shop.slow',
    async run(_job, { progress, signal }) {
      for (let done = 0; done < 1_000 && !signal.aborted; done += 1) {
        progress({ total: 1_000, done, failed: 0 });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return { type: 'succeeded' };
    },
  };
  const post = async <Body>(path: string, body: object): Promise<Body> => {
    const reply = await server.call<Body>('POST', `${BASE}/api/v1/${path}/`, body);
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
    return reply.body;
  };
  const workflow = async (name: string, nodes: object[], more: object = {}, edges: object[] = []) =>
    (await post<{ id: string }>('workflows', { name, graph: { nodes, edges }, ...more })).id;
  const add = (code: string, count: number) =>
    enqueue(
      server.automate.db,
      Array.from({ length: count }, () => ({ tenantId, kind: 'shop.hopeless', traceId: 'trace', payload: { code } })),
    );
  const region = ({ page }: Tab, name: string) => page.getByRole('region', { name });
  const work = ({ page }: Tab) => page.getByRole('region', { name: 'Work in progress' });

  beforeAll(async () => {
    studio = await openStudio({ jobs: [hopeless, slow] });
    server = studio.server;
    const { rows } = await server.automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    tenantId = rows[0]?.id ?? '';
    naps = await workflow(
      `Naps ${HOSTILE}`,
      [
        { id: 'if', type: 'logic.if', config: { condition: { '===': [{ var: 'event.payload.n' }, 0] } } },
        { id: 'nap', type: 'core.sleep', config: { seconds: 36_000 } },
      ],
      { triggers: [{ type: 'event', event_type: 'nap.asked', filter: { '!==': [{ var: 'payload.n' }, -1] } }] },
      [{ source: 'if', target: 'nap', condition: 'false' }],
    );
    [deadId = ''] = await add('paper', 3);
    await add('ink', 2);
    server.automate.announce();
    await post('events', { event_type: 'nap.asked', source: HOSTILE, payload: { n: -1, password: 'hush', text: HOSTILE } });
    const ask = await workflow('Payments', [
      {
        id: 'ask',
        type: 'core.approval',
        config: {
          title: `Pay? ${HOSTILE}`,
          description: HOSTILE,
          schema: {
            type: 'object',
            required: ['amount'],
            properties: {
              amount: { type: 'number', minimum: 1, title: `Amount ${HOSTILE}` },
              reason: { type: 'string', description: HOSTILE },
              urgent: { type: 'boolean' },
              account: { enum: ['petty cash', 'bank'] },
            },
          },
        },
      },
    ]);
    await studio.run(ask);
    const plain = await workflow('Holidays', [{ id: 'ask', type: 'core.approval', config: { title: 'A day off?' } }]);
    for (let count = 0; count < 3; count += 1) await studio.run(plain);
    await vi.waitFor(
      async () => {
        const { body } = await server.call<{ counts: object }>('GET', `${BASE}/api/studio/counts/`);
        expect(body.counts).toEqual({ 'dead-letters': 5, approvals: 4 });
      },
      { timeout: 30_000, interval: 100 },
    );
  });
  afterAll(() => studio?.close());

  it.each(looks)('have no barriers, in $colorScheme on a $size screen', async (look) => {
    const event = (await server.call<{ results: { id: string }[] }>('GET', `${BASE}/api/v1/events/?event_type=nap.asked&limit=1`))
      .body.results[0];
    const approval = (await server.call<{ results: { id: string }[] }>('GET', `${BASE}/api/v1/approvals/?limit=1`)).body
      .results[0];
    const tab = await studio.look('executions/', look);
    const { page } = tab;
    await region(tab, 'Executions, newest first').getByRole('link').first().waitFor();
    await page
      .getByRole('checkbox', { name: /Select Payments/ })
      .first()
      .check();
    await page.getByRole('region', { name: 'With the selected rows' }).getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog', { name: 'Replay 1 execution' }).waitFor();
    await expectInOrder(tab, 'executions, replay');
    await page.keyboard.press('Escape');
    const places: readonly (readonly [path: string, ready: string])[] = [
      ['jobs/', 'Jobs, newest first'],
      [`jobs/?open=${deadId}`, 'Jobs, newest first'],
      ['dead-letters/', 'Dead letters by their reason, the most first'],
      ['events/', 'Events, newest first'],
      [`events/?open=${event?.id}`, 'Events, newest first'],
      ['approvals/', 'Approvals that wait, the oldest first'],
      [`approvals/?open=${approval?.id}`, 'Approvals that wait, the oldest first'],
      ['approvals/?tab=decided', ''],
    ];
    for (const [path, ready] of places) {
      await page.goto(`${BASE}/studio/${path}`);
      if (ready) await region(tab, ready).getByRole('row').nth(1).waitFor();
      else await page.getByRole('heading', { level: 2 }).waitFor();
      if (path.includes('open=')) await page.getByRole('complementary').getByRole('term').first().waitFor();
      await expectInOrder(tab, path);
      if (process.env.STUDIO_SHOTS)
        await page.screenshot({
          path: `${process.env.STUDIO_SHOTS}/${path.replaceAll(/[/?=]/g, '_').slice(0, 24)}-${look.colorScheme}-${look.size}.png`,
        });
    }
    await page.goto(`${BASE}/studio/events/`);
    await page.getByRole('button', { name: 'Send an event' }).click();
    await page.getByRole('textbox', { name: 'Payload' }).waitFor();
    await expectInOrder(tab, 'send an event');
    expect(await page.title()).toBe('Events – Automate');
    expect(await page.locator('main img').count()).toBe(0);
  });
});
