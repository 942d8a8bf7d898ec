import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enqueue, type JobHandler } from '../src/jobs/index.ts';
import type { TestServer } from '../src/testing/index.ts';
import type { Tab } from './support/chromium.ts';
import { sized } from './support/lanes.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

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
    async run(_job, context) {
      for (let done = 0; done < 1_000 && !context.signal.aborted; done += 1) {
        context.progress({ total: 1_000, done, failed: 0 });
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
    await soon(async () => {
      const { body } = await server.call<{ counts: object }>('GET', `${BASE}/api/studio/counts/`);
      expect(body.counts).toEqual({ 'dead-letters': 5, approvals: 4 });
    });
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
      else await page.getByRole('heading', { name: 'Nothing has been decided yet' }).waitFor();
      if (path.includes('open=')) await page.getByRole('complementary').getByRole('term').first().waitFor();
      await expectInOrder(tab, path);
    }
    await page.goto(`${BASE}/studio/events/`);
    await page.getByRole('button', { name: 'Send an event' }).click();
    await page.getByRole('textbox', { name: 'Payload' }).waitFor();
    await expectInOrder(tab, 'send an event');
    expect(await page.title()).toBe('Events – Automate');
    expect(await page.locator('main img').count()).toBe(0);
  });

  it('cancel a thousand at once, with progress, and say which one could not be', async () => {
    const events = Array.from({ length: MANY }, (_, n) => ({ event_type: 'nap.asked', payload: { n } }));
    for (let start = 0; start < MANY; start += 1_000) await post('events', events.slice(start, start + 1_000) as object);
    const count = async (query: string) =>
      (await server.call<{ count: number }>('GET', `${BASE}/api/v1/executions/?workflow_id=${naps}&limit=1&count=true&${query}`))
        .body.count;
    await soon(async () => expect([await count('status=waiting'), await count('status=succeeded')]).toEqual([MANY - 1, 1]));
    const tab = await studio.open(`executions/?workflow=${naps}`);
    const { page } = tab;
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
    const bulk = page.getByRole('region', { name: 'With the selected rows' });
    await bulk.getByRole('button', { name: `Select all ${MANY.toLocaleString('en')} that match` }).click();
    await bulk.getByRole('button', { name: 'Cancel' }).click();
    const dialog = page.getByRole('dialog', { name: `Cancel ${MANY.toLocaleString('en')} executions` });
    await dialog.getByText('what has to be undone is undone').waitFor();
    await dialog.getByRole('button', { name: /^Cancel/ }).click();
    const card = work(tab);
    // It is followed on every page.
    await page.getByRole('link', { name: 'Events' }).click();
    await card.getByText(`${(MANY - 1).toLocaleString('en')} done · 1 could not be done`).waitFor({ timeout: 120_000 });
    await card.getByText('What could not be done').click();
    await card.getByText(/has ended already/).waitFor();
    await expectInOrder(tab, 'progress');
    await card.getByRole('link', { name: 'Open the job' }).click();
    await page.getByRole('complementary').getByText('execution_batch').first().waitFor();
    await page.getByRole('complementary').getByRole('progressbar', { name: 'Progress' }).waitFor();
    expect(await count('status=cancelled')).toBe(MANY - 1);
  });

  it('show what is new and what changes within a moment', async () => {
    const tab = await studio.open('executions/');
    const rows = region(tab, 'Executions, newest first');
    await rows.getByRole('link').first().waitFor();
    const id = await studio.run(naps, { n: 7 });
    await tab.page.getByRole('button', { name: '1 newer' }).click();
    const row = rows.getByRole('row').nth(1);
    await row.getByText('Waiting').waitFor();
    await server.call('POST', `${BASE}/api/v1/executions/${id}/cancel/`);
    await row.getByText('Cancelled').waitFor();
  });

  it('are worked by the keyboard alone: select, compare, save a view, rename it, delete it and take that back', async () => {
    const tab = await studio.open('executions/?status=succeeded');
    const { page } = tab;
    const rows = region(tab, 'Executions, newest first');
    await rows.getByRole('link').first().waitFor();
    await page.getByRole('button', { name: 'Save this view' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Save this view' }).waitFor();
    await page.keyboard.type(`Done ${HOSTILE}`.slice(0, 60));
    await page.keyboard.press('Enter');
    const views = page.getByRole('navigation', { name: 'Views' });
    const view = views.getByRole('button', { name: /^Done/ });
    await view.waitFor();
    expect(await view.getAttribute('aria-current')).toBe('page');
    const act = async (label: string) => {
      await views.getByRole('button', { name: /Actions for the view/ }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: label }).focus();
      await page.keyboard.press('Enter');
    };
    await act('Rename');
    await page.getByRole('dialog', { name: /^Rename/ }).waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Finished');
    await page.keyboard.press('Enter');
    await views.getByRole('button', { name: 'Finished', exact: true }).waitFor();
    await act('Share in the tenant');
    await views.getByRole('button', { name: 'Finished shared' }).waitFor();
    // Everybody sees it, and only who made it can change it.
    const other = await studio.open('executions/', {}, await studio.person('Odo', 'operator'));
    const theirs = other.page.getByRole('navigation', { name: 'Views' });
    await theirs.getByRole('button', { name: 'Finished shared' }).click();
    await other.page.waitForURL(/status=succeeded/);
    expect(await theirs.getByRole('button', { name: /Actions for the view/ }).count()).toBe(0);
    await act('Delete');
    await page.getByRole('button', { name: 'Undo' }).focus();
    await page.keyboard.press('Enter');
    await views.getByRole('button', { name: 'Finished shared' }).waitFor();
    await rows.focus();
    for (const key of ['j', 'x']) await page.keyboard.press(key);
    await page.getByRole('region', { name: 'With the selected rows' }).getByText('1 selected').waitFor();
    await page.keyboard.press('x');
    await page.keyboard.press('Enter');
    await page.waitForURL(/executions\/[0-9a-f-]{36}/);
  });

  it('follow one job live, and stop it', async () => {
    const [id = ''] = await enqueue(server.automate.db, [{ tenantId, kind: 'shop.slow', traceId: 'trace' }]);
    server.automate.announce();
    const tab = await studio.open(`jobs/?open=${id}`);
    const panel = tab.page.getByRole('complementary');
    const meter = panel.getByRole('progressbar', { name: 'Progress' });
    await soon(async () => expect(Number(await meter.getAttribute('aria-valuenow'))).toBeGreaterThan(5));
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByText('Cancelled').first().waitFor();
    await tab.page.keyboard.press('Escape');
    await tab.page.waitForURL((url) => !url.searchParams.has('open'));
  });

  it('try all dead letters of one reason again with a click', async () => {
    const tab = await studio.open('dead-letters/');
    const { page } = tab;
    await page.getByRole('button', { name: 'Redrive 2: ink' }).click();
    await page.getByRole('dialog', { name: 'Redrive 2 dead letters' }).getByRole('button', { name: 'Redrive 2' }).click();
    await work(tab).getByText('2 done').waitFor();
    // The reason still holds.
    await page.getByRole('button', { name: 'Redrive 2: ink' }).waitFor();
    await page.getByRole('link', { name: 'Show the jobs: shop.hopeless, paper' }).click();
    await region(tab, 'Jobs, newest first').getByText('paper').first().waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      state: 'failed',
      kind: 'shop.hopeless',
      error: 'paper',
    });
  });

  it('send an event, and show what was decided about it', async () => {
    const tab = await studio.open('events/');
    const { page } = tab;
    await page.getByRole('button', { name: 'Send an event' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send an event' });
    await dialog.getByLabel('Type').fill('nap.asked');
    const payload = dialog.getByRole('textbox', { name: 'Payload' });
    await payload.fill('{"n": ');
    await dialog.getByText(/This is no JSON/).waitFor();
    expect(await dialog.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await payload.fill('{"n": 0, "password": "hush"}');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('button', { name: 'Show it' }).click();
    const panel = page.getByRole('complementary', { name: 'Event nap.asked' });
    await panel.getByText('Matches').waitFor();
    await panel.getByText('Succeeded').waitFor();
    expect(await panel.textContent()).not.toContain('hush');
    await panel.getByRole('button', { name: 'Show it as it is' }).click();
    await panel.getByText('"hush"').waitFor();
    await panel.getByRole('link', { name: 'Why' }).click();
    await page.getByRole('treeitem').first().waitFor();
  });

  it('decide what waits, one with its form and the others together', async () => {
    const tab = await studio.open('approvals/');
    const { page } = tab;
    await page.getByRole('link', { name: /^Pay\?/ }).click();
    const panel = page.getByRole('complementary');
    await panel.getByLabel(/^Amount/).fill('0');
    await panel.getByRole('button', { name: 'Approve' }).click();
    await panel.getByRole('alert').getByText('amount').waitFor();
    await panel.getByLabel(/^Amount/).fill('12.5');
    await panel.getByLabel('account').selectOption({ label: 'bank' });
    await panel.getByLabel('Comment').fill('Within the budget.');
    await panel.getByRole('button', { name: 'Approve' }).click();
    await panel.waitFor({ state: 'detached' });
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
    await page.getByRole('region', { name: 'With the selected rows' }).getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('dialog', { name: 'Reject 3' }).getByRole('button', { name: 'Reject 3' }).click();
    await page.getByRole('heading', { name: 'Nothing waits for a decision' }).waitFor();
    await page.getByRole('button', { name: 'Decided' }).click();
    const decided = page.getByRole('region', { name: /^Approvals that are decided/ });
    await decided.getByText('Within the budget.').waitFor();
    await soon(async () => expect(await decided.getByText('Rejected').count()).toBe(3));
    const { body } = await server.call<{ results: { decision: string; decided_by_name: string }[] }>(
      'GET',
      `${BASE}/api/v1/approvals/decided/`,
    );
    expect(new Set(body.results.map(({ decided_by_name }) => decided_by_name)).size).toBe(1);
    expect(body.results[0]?.decided_by_name).toBeTruthy();
  });

  it('offer no more than a role allows', async () => {
    const viewer = await studio.person('Vic', 'viewer');
    const tab = await studio.open('executions/', {}, viewer);
    const { page } = tab;
    await region(tab, 'Executions, newest first').getByRole('link').first().waitFor();
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
    const bulk = page.getByRole('region', { name: 'With the selected rows' });
    expect(await bulk.getByRole('button', { name: /Cancel|Replay|Redrive/ }).count()).toBe(0);
    for (const path of [`jobs/?open=${deadId}`, 'dead-letters/', 'events/']) {
      await page.goto(`${BASE}/studio/${path}`);
      await page.getByRole('table').getByRole('link').first().waitFor();
      expect(await page.getByRole('button', { name: /^(Cancel|Redrive|Send)/ }).count()).toBe(0);
    }
  });

  it('speak Italian', async () => {
    const tab = await studio.open('jobs/', { locale: 'it-IT' });
    await tab.page.getByRole('heading', { name: 'Lavori', level: 1 }).waitFor();
    await tab.page.getByRole('navigation', { name: 'Viste' }).waitFor();
    await tab.page.getByRole('button', { name: 'Salva questa vista' }).waitFor({ state: 'detached' });
    await tab.page.getByRole('combobox', { name: 'Stato' }).selectOption('cancelled');
    await tab.page.getByRole('button', { name: 'Salva questa vista' }).waitFor();
  });
});
