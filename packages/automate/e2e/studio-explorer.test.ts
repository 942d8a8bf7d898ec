import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../src/testing/index.ts';
import type { Execution } from './support/executions.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

const say = { id: 'say', type: 'core.set', name: 'Reserve stock', config: { values: { n: '{{ item }}', text: HOSTILE } } };
const GRAPH = {
  nodes: [
    { id: 'first', type: 'core.log', name: HOSTILE, config: { message: 'begins' } },
    { id: 'each', type: 'flow.foreach', name: 'For each line', config: { items: [1, 2, 3], body: { nodes: [say], edges: [] } } },
    {
      id: 'large',
      type: 'logic.if',
      name: 'Total over 500?',
      config: { condition: { '>': [{ var: 'event.payload.total' }, 500] } },
    },
    { id: 'note', type: 'core.log', name: 'Packing note', config: { message: 'note' } },
    { id: 'small', type: 'core.log', name: 'Small order', config: { message: 'small' } },
    {
      id: 'call',
      type: 'http.request',
      name: 'Book carrier',
      config: { method: 'POST', url: 'https://carrier.example.invalid/book' },
      retry: { attempts: 2, initial_seconds: 0 },
    },
    { id: 'tell', type: 'core.log', name: 'Tell the warehouse', config: { message: 'told' } },
  ],
  edges: [
    { source: 'first', target: 'each' },
    { source: 'each', target: 'large' },
    { source: 'large', target: 'note', condition: 'true' },
    { source: 'large', target: 'small', condition: 'false' },
    { source: 'note', target: 'call' },
    { source: 'call', target: 'tell' },
  ],
};

describe('the explorers of the Studio', () => {
  let studio: StudioTest;
  let server: TestServer;
  let failed: Execution;
  let replay: Execution;

  beforeAll(async () => {
    studio = await openStudio();
    server = studio.server;
    await create({
      name: 'Order fulfilment',
      graph: GRAPH,
      triggers: [
        {
          type: 'event',
          event_type: 'order.*',
          filter: { and: [{ '==': [{ var: 'payload.channel' }, 'web'] }, { '>': [{ var: 'payload.total' }, 0] }] },
        },
      ],
    });
    await create({
      name: 'Wholesale invoice',
      graph: { nodes: [say] },
      triggers: [{ type: 'event', event_type: 'order.paid', filter: { '==': [{ var: 'payload.channel' }, 'wholesale'] } }],
    });
    const payload = { total: 1_240.5, channel: 'web', note: HOSTILE, password: 'hunter22' };
    await server.call(
      'POST',
      `${BASE}/api/v1/events/`,
      { event_type: 'order.paid', source: 'shop', payload },
      { 'x-trace-id': TRACE },
    );
    failed = await studio.ended(await soon(async () => executionOf(TRACE)));
    expect(failed.status).toBe('failed');
    const path = `${BASE}/api/v1/executions/${failed.id}/replay/`;
    const { body } = await server.call<{ execution_id: string }>('POST', path, {
      from_step: 'large',
      input: { total: 3, password: 'hunter22' },
    });
    replay = await studio.ended(body.execution_id);
    expect(replay.status).toBe('succeeded');
  });
  afterAll(() => studio?.close());

  const TRACE = 'a0b1c2d3e4f5061728394a5b5b1c02e7';
  const create = async (workflow: object) =>
    (await server.call<{ id: string }>('POST', `${BASE}/api/v1/workflows/`, workflow)).body.id;
  async function executionOf(trace: string): Promise<string> {
    const path = `${BASE}/api/v1/executions/?trace_id=${trace}`;
    const [first] = (await server.call<{ results: { id: string }[] }>('GET', path)).body.results;
    expect(first).toBeDefined();
    return first?.id ?? '';
  }
  const stepOf = (page: { url(): string }) => new URL(page.url()).searchParams.get('step');

  it.each(looks)('have no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look(`executions/${failed.id}/?tab=graph&step=call`, look);
    const { page } = tab;
    await page.getByRole('button', { name: /Book carrier/ }).waitFor();
    await page.getByRole('complementary', { name: 'Step call' }).waitFor();
    await expectInOrder(tab, 'graph');
    await page.getByRole('button', { name: 'Outline' }).click();
    await page.getByRole('treeitem', { name: /^Book carrier/ }).waitFor();
    await expectInOrder(tab, 'outline');
    for (const name of ['Input and output', 'Runs', 'Timeline']) {
      await page.getByRole('tab', { name }).click();
      await page.locator(`[role="tab"][aria-selected="true"]`, { hasText: name }).waitFor();
      await expectInOrder(tab, name);
    }
    await page.getByRole('button', { name: 'Replay from here' }).click();
    await page.getByRole('heading', { name: 'What will happen' }).waitFor();
    await page.getByLabel('Change the input').check();
    await page.getByRole('textbox', { name: 'Input' }).waitFor();
    await expectInOrder(tab, 'replay');
    await page.goto(`${BASE}/studio/compare/${failed.id}/${replay.id}/`);
    await page.getByRole('heading', { name: 'Compare executions' }).waitFor();
    await page.getByRole('button', { name: 'large' }).click();
    await expectInOrder(tab, 'compare');
    await page.goto(`${BASE}/studio/correlation/`);
    await page.getByRole('heading', { name: 'Latest traces' }).waitFor();
    await expectInOrder(tab, 'traces');
    await page.goto(`${BASE}/studio/correlation/?trace_id=${TRACE}`);
    await page.getByRole('row', { name: /Wholesale invoice/ }).click();
    await page.getByRole('complementary', { name: /Wholesale invoice/ }).waitFor();
    await expectInOrder(tab, 'trace');
    await page.goto(`${BASE}/studio/correlation/?trace_id=nothing`);
    await page.getByRole('heading', { name: 'Nothing is known of this trace' }).waitFor();
    await expectInOrder(tab, 'no trace');
  });

  it('walks through a graph and opens a step by the keyboard alone', async () => {
    const tab = await studio.open(`executions/${failed.id}/?tab=graph`);
    const { page } = tab;
    await page.getByRole('button', { name: /img src/ }).focus();
    for (const step of ['each', 'each/say', 'large', 'note', 'call']) {
      await page.keyboard.press('ArrowDown');
      await page.locator(`.node:focus[data-path="${step}"]`).waitFor();
    }
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Step call' }).waitFor();
    expect(stepOf(page)).toBe('call');
    await page.keyboard.press('Escape');
    await soon(() => expect(stepOf(page)).toBeNull());
    await page.getByRole('button', { name: 'Outline' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('treeitem').first().focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('complementary', { name: 'Step each/say' }).waitFor();
  });

  it('replays from where one says, and says what that keeps', async () => {
    const tab = await studio.open(`executions/${failed.id}/?step=call`);
    const { page } = tab;
    await page.getByRole('button', { name: 'Replay from here' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replay this execution' });
    await dialog.getByRole('button', { name: 'Replay 2 steps' }).waitFor();
    await dialog.getByLabel('Step to begin with').selectOption('large');
    // Secrets that were taken out of the input are not sent back as what stands in their place.
    await dialog.getByLabel('Change the input').check();
    await dialog.getByText(/Secrets are taken out of this input/).waitFor();
    expect(await dialog.getByRole('button', { name: /^Replay / }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Input' }).fill('[1]');
    await dialog.getByText('The input has to be a JSON object.').waitFor();
    await dialog.getByRole('textbox', { name: 'Input' }).fill('{"total": 2}');
    await dialog.getByRole('button', { name: /^Replay / }).click();
    await page.waitForURL((url) => !url.pathname.includes(failed.id));
    const [, id = ''] = /executions\/([0-9a-f-]{36})/.exec(page.url()) ?? [];
    expect(await studio.ended(id)).toMatchObject({ replay_of: failed.id, status: 'succeeded' });
    await page.getByRole('link', { name: 'Compare with the original' }).click();
    await page.getByRole('heading', { name: 'Compare executions' }).waitFor();
    await page.getByRole('row', { name: /^large/ }).waitFor();
    expect(await page.getByRole('row', { name: /^first/ }).count()).toBe(0);
  });

  it('sends a signal to a step that waits, and shows how the graph goes on', async () => {
    const id = await studio.run(
      await create({
        name: 'Told',
        graph: {
          nodes: [
            { id: 'wait', type: 'core.wait_for_signal', config: { name: 'go' } },
            { id: 'then', type: 'core.log', config: { message: 'x' } },
          ],
          edges: [{ source: 'wait', target: 'then' }],
        },
      }),
    );
    const tab = await studio.open(`executions/${id}/?tab=graph&step=wait`);
    const { page } = tab;
    await page.getByRole('button', { name: /^wait.*Waiting/ }).waitFor();
    await page.getByRole('button', { name: 'Send a signal' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send a signal' });
    await dialog.getByRole('textbox', { name: 'Data' }).fill('{"paid": true}');
    await dialog.getByRole('button', { name: 'Send a signal' }).click();
    await page.getByRole('button', { name: /^then.*Succeeded/ }).waitFor();
    expect((await studio.ended(id)).output).toEqual({ message: 'x' });
  });

  it('follow a trace while it goes on, by the keyboard alone, each part to its page', async () => {
    const trace = 'order-7.b';
    const nap = await create({
      name: 'Naps',
      graph: {
        nodes: [
          { id: 'nap', type: 'core.wait_for_signal', config: { name: 'wake' } },
          { id: 'awake', type: 'core.log', config: { message: 'x' } },
        ],
        edges: [{ source: 'nap', target: 'awake' }],
      },
    });
    const path = `${BASE}/api/v1/workflows/${nap}/run/`;
    const { body } = await server.call<{ execution_id: string }>('POST', path, {}, { 'x-trace-id': trace });
    const tab = await studio.open('executions/');
    const { page } = tab;
    await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.getByRole('searchbox', { name: 'Trace id' }).focus();
    await page.keyboard.type('no trace!');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(trace);
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /Naps.*Waiting/ }).waitFor();
    await server.call('POST', `${BASE}/api/v1/executions/${body.execution_id}/signal/`, { name: 'wake' });
    await page.getByRole('row', { name: /awake.*Succeeded/ }).waitFor();
    const grid = page.getByRole('treegrid');
    await grid.focus();
    for (const key of ['End', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
    await soon(async () => expect(await page.getByRole('row', { name: /awake/ }).count()).toBe(0));
    for (const key of ['ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('link', { name: 'Open the step' }).click();
    await page.getByRole('complementary', { name: 'Step nap' }).waitFor();
    await page.getByText('Trace', { exact: true }).waitFor();
  });

  it('show of a trace what a role may see, without secrets, and run no text', async () => {
    const viewer = await studio.person('Vera', 'viewer');
    const tab = await studio.open(`correlation/?trace_id=${TRACE}`, {}, viewer);
    const { page } = tab;
    await page.getByRole('row', { name: /order\.paid/ }).click();
    const panel = page.getByRole('complementary');
    await panel.getByText('"[redacted]"').waitFor();
    expect(await panel.textContent()).toContain('<img src=x');
    expect(await page.content()).not.toContain('hunter22');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).not.toMatch(/^\d/);
    await page.goto(`${BASE}/studio/executions/${failed.id}/?tab=graph&step=call`);
    await page.getByRole('button', { name: /Book carrier/ }).waitFor();
    expect(await page.getByRole('button', { name: /Replay/ }).count()).toBe(0);
    expect(await page.title()).not.toMatch(/^\d/);
  });
});
