import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signApproval } from '../src/engine/approvals/approval-link.ts';
import { createTestDatabase, createTestServer, databaseKinds, type TestDatabase, type TestServer } from '../src/testing/index.ts';
import { accessibilityProblems, layoutShift, watch } from './support/accessibility.ts';
import { type Chromium, launchChromium, openTab, type Tab } from './support/chromium.ts';
import { createWorkflow, type Execution, eventually, stepsOf, waitForExecution } from './support/executions.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { createTenant } from './support/tenants.ts';

vi.setConfig({ testTimeout: 120_000 });

interface Waiting {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly execution_id: string;
  readonly workflow_id: string;
  readonly node: string;
  readonly iteration: number;
  readonly since: string;
  readonly expires_at: string | null;
}
type Problem = { readonly code: string; readonly errors?: readonly { readonly pointer: string; readonly code: string }[] };

const SCHEMA = {
  type: 'object',
  properties: { amount: { type: 'number', minimum: 1, maximum: 1_000 }, reason: { type: 'string', maxLength: 50 } },
  required: ['amount'],
  additionalProperties: false,
};
const TOKEN = /apv_[\w-]{60,}/;
const anonymous = { authorization: '' };
const ask = (config: object = {}) => ({
  id: 'ask',
  type: 'core.approval',
  config: { title: 'Refund {{ event.payload.who }}?', ...config },
});
const say = (id: string, template: object) => ({ id, type: 'core.transform', config: { template } });
const mail = (sink: ScriptedSink, url = '{{ approvals.ask.url }}') => ({
  id: 'mail',
  type: 'http.request',
  config: { method: 'POST', url: `${sink.url}/echo`, json: { text: `Decide at ${url}`, for: '{{ execution.id }}' } },
});
const tokenOf = (link: string) => new URL(link).pathname.split('/')[2] ?? '';
const apiOf = (link: string) => `/api/approvals/${tokenOf(link)}/`;

/** What was sent away for an execution: the links, outside of everything that is stored. */
function linksOf(sink: ScriptedSink, executionId: string): string[] {
  const bodies = sink.calls.map(({ body }) => body as { text: string; for: string } | null);
  return bodies.flatMap((body) => (body?.for === executionId ? (/https?:\S+/.exec(body.text)?.[0] ?? []) : []));
}

async function waitsFor(server: TestServer, executionId: string, count = 1): Promise<Execution> {
  return eventually(
    async () => (await server.call<Execution>('GET', `/api/v1/executions/${executionId}/`)).body,
    ({ status, steps }) =>
      status === 'waiting' &&
      steps.filter(({ type, status: own }) => type === 'core.approval' && own === 'waiting').length === count,
  );
}

interface Options {
  readonly config?: object;
  readonly nodes?: readonly object[];
  readonly edges?: readonly object[];
}

/** A workflow whose first step sends the link away, and that then waits for the decision. */
async function start(server: TestServer, sink: ScriptedSink, { config, nodes = [], edges = [] }: Options = {}) {
  const workflowId = await createWorkflow(
    server,
    [mail(sink), ask(config), ...(nodes as never[])],
    [{ source: 'mail', target: 'ask' }, ...(edges as never[])],
  );
  const { executionId } = await run(server, workflowId);
  return { workflowId, executionId, link: linksOf(sink, executionId)[0] ?? '' };
}

async function run(server: TestServer, workflowId: string, count = 1) {
  const path = `/api/v1/workflows/${workflowId}/run/`;
  const { body } = await server.call<{ execution_id: string }>('POST', path, { input: { who: 'Ada' } });
  await waitsFor(server, body.execution_id, count);
  return { executionId: body.execution_id };
}

async function waitingOf(server: TestServer, executionId: string): Promise<Waiting[]> {
  return (await server.call<{ results: Waiting[] }>('GET', `/api/v1/approvals/?execution_id=${executionId}`)).body.results;
}

describe.each(databaseKinds)('approvals on %s', (kind) => {
  let sink: ScriptedSink;
  let database: TestDatabase;
  let server: TestServer;
  const open = () =>
    createTestServer(kind, {
      database,
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, AUTOMATE_PUBLIC_URL: 'https://automate.example' },
    });
  beforeAll(async () => {
    sink = await createScriptedSink();
    database = await createTestDatabase(kind);
    server = await open();
  });
  afterAll(async () => {
    await server?.close();
    await database?.dispose();
    await sink?.close();
  });

  const byLink = <Body = Problem>(link: string, body: unknown) => server.call<Body>('POST', apiOf(link), body, anonymous);

  it('are decided by a link, once, and the execution goes on with what was decided', async () => {
    const after = [say('paid', { amount: '{{ steps.ask.output.data.amount }}', by: '{{ steps.ask.output.decided_by }}' })];
    const { executionId, workflowId, link } = await start(server, sink, {
      config: { schema: SCHEMA, description: 'For **{{ event.payload.who }}**', timeout_seconds: 3_600 },
      nodes: after,
      edges: [{ source: 'ask', target: 'paid', condition: 'approved' }],
    });
    expect(link).toMatch(/^https:\/\/automate\.example\/approvals\/apv_[\w-]{60,}\/$/);
    const [waiting] = await waitingOf(server, executionId);
    expect(waiting).toMatchObject({
      title: 'Refund Ada?',
      description: 'For **Ada**',
      schema: SCHEMA,
      execution_id: executionId,
      workflow_id: workflowId,
      node: 'ask',
      iteration: 0,
    });
    expect(Date.parse(waiting?.expires_at ?? '') - Date.parse(waiting?.since ?? '')).toBeGreaterThan(3_590_000);
    expect((await server.call('GET', `/api/v1/approvals/${waiting?.id}/`)).body).toEqual(waiting);

    for (let look = 0; look < 3; look += 1) {
      const { status, body } = await server.call('GET', apiOf(link), undefined, anonymous);
      expect([status, body]).toEqual([
        200,
        { title: 'Refund Ada?', description: 'For **Ada**', schema: SCHEMA, expires_at: waiting?.expires_at, decided: null },
      ]);
      expect((await server.call('GET', new URL(link).pathname, undefined, anonymous)).status).toBe(200);
      await server.call('HEAD', apiOf(link), undefined, anonymous);
    }
    expect((await waitsFor(server, executionId)).status).toBe('waiting');

    const decision = { decision: 'approved', comment: ' Fine. ', data: { amount: 12.5 } };
    const decided = await byLink(link, decision);
    expect([decided.status, decided.body]).toMatchObject([200, { decision: 'approved', decided_at: expect.any(String) }]);
    const execution = await waitForExecution(server, executionId);
    expect(execution).toMatchObject({ status: 'succeeded', output: { amount: 12.5, by: 'link' } });
    expect(stepsOf(execution).ask).toMatchObject({
      route: 'approved',
      output: {
        decision: 'approved',
        data: { amount: 12.5 },
        decided_by: 'link',
        comment: 'Fine.',
        decided_at: expect.any(String),
      },
    });
    for (const again of [decision, { decision: 'rejected' }]) {
      const { status, body } = await byLink(link, again);
      expect([status, body.code]).toEqual([409, 'already_decided']);
    }
    expect((await server.call('GET', apiOf(link), undefined, anonymous)).body).toMatchObject({ decided: 'approved' });
    expect(await waitingOf(server, executionId)).toEqual([]);
    const audit = await server.call<{ results: object[] }>(
      'GET',
      `/api/v1/audit/?action=approval.decide&target_id=${waiting?.id}`,
    );
    expect(audit.body.results).toMatchObject([
      {
        actor: 'link',
        target_type: 'approval',
        diff: { execution_id: executionId, node: 'ask', decision: 'approved', comment: 'Fine.' },
      },
    ]);
  });

  it('are decided by people and keys who may, and by nobody else', async () => {
    const { executionId } = await start(server, sink);
    const [waiting] = await waitingOf(server, executionId);
    const path = `/api/v1/approvals/${waiting?.id}/decide/`;
    const tenant = { tenantId: (await server.automate.ensureTenant('default')).id, isStaff: false };
    const viewer = await server.automate.apiKeys.create({ ...tenant, name: 'viewer', scopes: ['executions:read'] });
    const seen = { authorization: `Bearer ${viewer.value}` };
    expect((await server.call('GET', '/api/v1/approvals/', undefined, seen)).status).toBe(200);
    expect((await server.call('POST', path, { decision: 'approved' }, seen)).status).toBe(403);
    expect((await server.call('POST', path, { decision: 'approved' }, anonymous)).status).toBe(401);
    const other = await createTenant(server, `other-${kind}`);
    for (const call of [
      other.call('POST', path, { decision: 'approved' }),
      other.call('GET', `/api/v1/approvals/${waiting?.id}/`),
      server.call('POST', '/api/v1/approvals/01900000-0000-7000-8000-000000000000/decide/', { decision: 'approved' }),
    ])
      expect((await call).status).toBe(404);
    expect((await other.call<{ results: [] }>('GET', '/api/v1/approvals/')).body.results).toEqual([]);

    const replies = await Promise.all([1, 2, 3, 4].map(() => server.call<Problem>('POST', path, { decision: 'approved' })));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    const execution = await waitForExecution(server, executionId);
    expect(stepsOf(execution).ask?.output).toMatchObject({
      decision: 'approved',
      data: {},
      decided_by: expect.stringMatching(/^api_key:/),
    });
    expect((await server.call<Problem>('POST', path, { decision: 'approved' })).body.code).toBe('already_decided');
  });

  it('have one winner when a link and a person decide at once', async () => {
    const nodes = [say('yes', { was: 'approved' }), say('no', { was: 'rejected' })];
    const edges = [
      { source: 'ask', target: 'yes', condition: 'approved' },
      { source: 'ask', target: 'no', condition: 'rejected' },
    ];
    for (let round = 0; round < 4; round += 1) {
      const { executionId, link } = await start(server, sink, { nodes, edges });
      const [waiting] = await waitingOf(server, executionId);
      const replies = await Promise.all([
        byLink(link, { decision: 'approved' }),
        server.call<Problem>('POST', `/api/v1/approvals/${waiting?.id}/decide/`, { decision: 'rejected' }),
        byLink(link, { decision: 'rejected' }),
        byLink(link, { decision: 'approved' }),
      ]);
      expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
      const winner = replies.find(({ status }) => status === 200)?.body as { decision?: string } | undefined;
      expect((await waitForExecution(server, executionId)).output).toEqual({ was: winner?.decision });
    }
  });

  it('end with a rejection only where an edge is for it', async () => {
    const lost = await start(server, sink, {
      nodes: [say('next', { was: 'reached' })],
      edges: [{ source: 'ask', target: 'next' }],
    });
    // Who rejects has nothing to fill in.
    expect((await byLink(lost.link, { decision: 'rejected', comment: 'No.' })).status).toBe(200);
    const failed = await waitForExecution(server, lost.executionId);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'step_rejected', node: 'ask' } });
    expect(stepsOf(failed).next).toBeUndefined();
    expect((await byLink(lost.link, { decision: 'approved' })).body.code).toBe('already_decided');

    const kept = await start(server, sink, {
      config: { schema: SCHEMA },
      nodes: [say('no', { why: '{{ steps.ask.output.comment }}' })],
      edges: [{ source: 'ask', target: 'no', condition: 'rejected' }],
    });
    expect((await byLink(kept.link, { decision: 'rejected', comment: 'No.' })).status).toBe(200);
    expect(await waitForExecution(server, kept.executionId)).toMatchObject({ status: 'succeeded', output: { why: 'No.' } });
  });

  it('time out, and take no decision any more', async () => {
    const kept = await start(server, sink, {
      config: { timeout_seconds: 1 },
      nodes: [
        say('late', { was: '{{ steps.ask.output.decision }}' }),
        { id: 'hold', type: 'core.sleep', config: { seconds: 3 } },
      ],
      edges: [
        { source: 'ask', target: 'late', condition: 'timeout' },
        { source: 'late', target: 'hold' },
      ],
    });
    await eventually(
      async () => (await server.call<Execution>('GET', `/api/v1/executions/${kept.executionId}/`)).body,
      (execution) => stepsOf(execution).late?.status === 'succeeded',
    );
    const late = await byLink(kept.link, { decision: 'approved' });
    expect([late.status, late.body.code]).toEqual([404, 'approval_not_found']);
    expect((await server.call('GET', apiOf(kept.link), undefined, anonymous)).status).toBe(404);
    expect(stepsOf(await waitForExecution(server, kept.executionId)).late?.output).toEqual({ was: 'timeout' });
    const failed = await start(server, sink, { config: { timeout_seconds: 1 } });
    expect(await waitForExecution(server, failed.executionId)).toMatchObject({
      status: 'failed',
      error: { code: 'step_timeout' },
    });
    expect((await byLink(failed.link, { decision: 'approved' })).status).toBe(404);
  });

  it('are over when the execution is', async () => {
    const { executionId, link } = await start(server, sink);
    const [waiting] = await waitingOf(server, executionId);
    await server.call('POST', `/api/v1/executions/${executionId}/cancel/`, {});
    await waitForExecution(server, executionId);
    for (const reply of [
      await byLink(link, { decision: 'approved' }),
      await server.call<Problem>('GET', apiOf(link), undefined, anonymous),
      await server.call<Problem>('POST', `/api/v1/approvals/${waiting?.id}/decide/`, { decision: 'approved' }),
    ])
      expect([reply.status, reply.body.code]).toEqual([404, 'approval_not_found']);
    expect(await waitingOf(server, executionId)).toEqual([]);
  });

  it('have a link of their own in each iteration of a loop', async () => {
    const body = { nodes: [mail(sink), ask({ title: 'Take {{ item }}?' })], edges: [{ source: 'mail', target: 'ask' }] };
    const id = await createWorkflow(server, [
      { id: 'each', type: 'flow.foreach', config: { items: '{{ event.payload.items }}', concurrency: 3, body } },
    ]);
    const { body: started } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, {
      input: { items: ['a', 'b', 'c'] },
    });
    await waitsFor(server, started.execution_id, 3);
    const links = linksOf(sink, started.execution_id);
    expect(new Set(links).size).toBe(3);
    expect((await waitingOf(server, started.execution_id)).map(({ node, iteration }) => [node, iteration]).toSorted()).toEqual([
      ['each/ask', 0],
      ['each/ask', 1],
      ['each/ask', 2],
    ]);
    const titles = new Map<string, string>();
    for (const link of links)
      titles.set((await server.call<{ title: string }>('GET', apiOf(link), undefined, anonymous)).body.title, link);
    expect([...titles.keys()].toSorted()).toEqual(['Take a?', 'Take b?', 'Take c?']);
    for (const name of ['c', 'a', 'b'])
      expect((await byLink(titles.get(`Take ${name}?`) ?? '', { decision: 'approved', comment: name })).status).toBe(200);
    const { output } = await waitForExecution(server, started.execution_id);
    expect((output as { comment: string }[]).map(({ comment }) => comment)).toEqual(['a', 'b', 'c']);
  });

  it('take only data that fits', async () => {
    const { link, executionId } = await start(server, sink, { config: { schema: SCHEMA } });
    for (const [data, pointer] of [
      [undefined, '/data/amount'],
      [{}, '/data/amount'],
      [{ amount: 'x' }, '/data/amount'],
      [{ amount: 2_000 }, '/data/amount'],
      [{ amount: 2, reason: 'x'.repeat(51) }, '/data/reason'],
      [{ amount: 2, more: true }, '/data'],
      [[], '/data'],
    ] as const) {
      const { status, body } = await byLink(link, { decision: 'approved', data });
      expect([status, body.errors?.map((error) => error.pointer)], JSON.stringify(data)).toEqual([400, [pointer]]);
    }
    for (const body of [{}, { decision: 'maybe' }, { decision: 'approved', data: { amount: 1 }, extra: 1 }, '{'])
      expect((await byLink(link, body)).status).toBe(400);
    expect((await byLink(link, { decision: 'approved', data: { amount: 1 } })).status).toBe(200);
    await waitForExecution(server, executionId);
    const without = await start(server, sink);
    expect((await byLink(without.link, { decision: 'approved', data: { a: 1 } })).body.errors).toMatchObject([
      { pointer: '/data' },
    ]);
    for (const [config, pointer] of [
      [{ schema: { type: 'string' } }, '/graph/nodes/0/config/schema/type'],
      [
        { schema: { type: 'object', properties: { a: { pattern: '(a+)+$' } } } },
        '/graph/nodes/0/config/schema/properties/a/pattern',
      ],
      [{ title: '{{ nope' }, '/graph/nodes/0/config/title'],
    ] as const) {
      const reply = await server.call<Problem>('POST', '/api/v1/workflows/', { name: 'x', graph: { nodes: [ask(config)] } });
      expect([reply.status, reply.body.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
    }
  });

  it('take no link that was forged, changed or is too old', async () => {
    const { link, executionId } = await start(server, sink);
    const token = tokenOf(link);
    const keyring = server.automate.api.services.keyring;
    const place = { executionId, key: 'ask:0' };
    const soon = Math.floor(Date.now() / 1_000) + 60;
    const flipped = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    const wrong = [
      ...Array.from({ length: token.length - 4 }, (_, index) => index + 4)
        .filter((index) => index % 9 === 0)
        .map(flipped),
      `${token}A`,
      token.slice(0, -1),
      token.replace('apv_', ''),
      signApproval(Buffer.alloc(32), place, soon),
      signApproval(keyring.systemKey('audit'), place, soon),
      signApproval(keyring.systemKey('approvals'), place, soon - 61),
      signApproval(keyring.systemKey('approvals'), { ...place, key: 'mail:0' }, soon),
      signApproval(keyring.systemKey('approvals'), { ...place, key: 'ask:1' }, soon),
      signApproval(keyring.systemKey('approvals'), { ...place, executionId: '01900000-0000-7000-8000-000000000000' }, soon),
      'apv_',
      'x',
    ];
    for (const other of wrong) {
      const { status, body } = await server.call<Problem>(
        'POST',
        `/api/approvals/${other}/`,
        { decision: 'approved' },
        anonymous,
      );
      expect([status, body.code], other).toEqual([404, 'approval_not_found']);
    }
    expect(
      (
        await server.call(
          'POST',
          `/api/approvals/${signApproval(keyring.systemKey('approvals'), place, soon)}/`,
          { decision: 'approved' },
          anonymous,
        )
      ).status,
    ).toBe(200);
    await waitForExecution(server, executionId);
  });

  it('go on after a restart of the server, by the same link', async () => {
    const { link, executionId } = await start(server, sink, {
      nodes: [mail(sink)].map((node) => ({ ...node, id: 'after' })),
      edges: [{ source: 'ask', target: 'after' }],
    });
    await server.close();
    server = await open();
    expect((await waitingOf(server, executionId)).length).toBe(1);
    expect((await byLink(link, { decision: 'approved' })).status).toBe(200);
    expect((await waitForExecution(server, executionId)).status).toBe('succeeded');
    // Whoever names it later gets the same link.
    expect(linksOf(sink, executionId)).toEqual([link, link]);
  });

  it('never show their links: not in steps, raw or not, nor in streams, records or the database', async () => {
    const encoded = {
      id: 'encoded',
      type: 'core.transform',
      config: { template: { a: '{{ approvals.ask.url | base64_encode }}' } },
    };
    const { executionId } = await start(server, sink, { nodes: [encoded], edges: [] });
    const shown = await waitsFor(server, executionId);
    const steps = stepsOf(shown);
    expect(steps.mail?.input).toMatchObject({ json: { text: 'Decide at [approval link ask]' } });
    expect(JSON.stringify(steps.mail?.output)).toContain('[approval link]');
    const { rows } = await server.automate.db.query<{ row: string }>(
      `select coalesce(to_jsonb(s)::text, '') as row from step_runs s union all select to_jsonb(e)::text from executions e
       union all select to_jsonb(a)::text from audit_entries a union all select to_jsonb(v)::text from events v
       union all select to_jsonb(j)::text from jobs j union all select to_jsonb(g)::text from signals g`,
    );
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ row }) => TOKEN.test(row))).toEqual([]);
    for (const path of [
      `/api/v1/executions/${executionId}/`,
      `/api/v1/executions/${executionId}/?raw=true`,
      '/api/v1/approvals/',
      '/api/v1/audit/?limit=200',
    ]) {
      const { status, body } = await server.call('GET', path);
      expect([path, status, TOKEN.test(JSON.stringify(body))]).toEqual([path, 200, false]);
    }
    // A token that got into a payload is redacted like any other credential.
    const input = { leaked: linksOf(sink, executionId)[0] };
    const id = await createWorkflow(server, [say('show', { it: '{{ event.payload.leaked }}' })]);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input });
    expect(stepsOf(await waitForExecution(server, body.execution_id)).show?.output).toEqual({
      it: 'https://automate.example/approvals/[redacted]/',
    });
  });
});

describe('the page of an approval', () => {
  let chromium: Chromium;
  let sink: ScriptedSink;
  let server: TestServer;
  const tabs: Tab[] = [];
  beforeAll(async () => {
    chromium = await launchChromium();
    sink = await createScriptedSink();
    server = await createTestServer('pglite', { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host } });
  });
  afterAll(async () => {
    for (const { context } of tabs) await context.close();
    await chromium?.close();
    await server?.close();
    await sink?.close();
  });

  const FORM = {
    type: 'object',
    properties: {
      amount: { type: 'number', title: 'Amount', description: 'In euros.', minimum: 1 },
      parts: { type: 'integer', title: 'Parts' },
      kind: { type: 'string', title: 'Kind', enum: ['refund', 'voucher'] },
      due: { type: 'string', title: 'Due', format: 'date' },
      reason: { type: 'string', title: 'Reason', maxLength: 500 },
      name: { type: 'string', title: 'Name', default: 'Ada' },
      urgent: { type: 'boolean', title: 'Urgent' },
      tags: { type: 'array', title: 'Tags', items: { type: 'string' } },
    },
    required: ['amount', 'kind', 'reason'],
    additionalProperties: false,
  };
  async function visit(link: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Tab> {
    const tab = await openTab(chromium, server.url, { colorScheme });
    tabs.push(tab);
    await watch(tab.context);
    await tab.page.goto(link);
    await tab.page.locator('[data-view]:not([hidden]):not([data-view=loading]) h1').waitFor();
    return tab;
  }
  const heading = ({ page }: Tab) => page.getByRole('heading', { level: 1 });

  it.each(['light', 'dark'] as const)('asks, checks and thanks, in the %s theme', async (theme) => {
    const { executionId, link } = await start(server, sink, {
      config: { schema: FORM, description: 'The order was late.\nTwice.', timeout_seconds: 3_600 },
    });
    const tab = await visit(link, theme);
    const { page } = tab;
    expect(await heading(tab).textContent()).toBe('Refund Ada?');
    expect(await page.locator(':focus').getAttribute('id')).toBe('decide-heading');
    expect(await page.getByText('The order was late.').isVisible()).toBe(true);
    expect(await page.getByText('Decide before').isVisible()).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Amount is needed.').waitFor();
    expect(await page.locator(':focus').getAttribute('name')).toBe('data/amount');
    await page.getByLabel('Amount').fill('0');
    await page.getByLabel('Kind').selectOption('voucher');
    await page.getByLabel('Reason').fill('Twice late');
    await page.getByLabel('Tags').fill('{');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.locator('[name="data/amount"][aria-invalid=true]').waitFor();
    expect(
      await page.locator('[aria-invalid=true]').evaluateAll((found) => found.map((one) => one.getAttribute('name'))),
    ).toEqual(['data/amount', 'data/tags']);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByLabel('Amount').fill('12.5');
    await page.getByLabel('Parts').fill('2');
    await page.getByLabel('Due').fill('2026-12-24');
    await page.getByLabel('Tags').fill('["a", "b"]');
    await page.getByLabel('Urgent').press('Space');
    await page.getByLabel('Comment').fill('Sorry!');
    // By keyboard alone from here.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Approved' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(stepsOf(await waitForExecution(server, executionId)).ask?.output).toMatchObject({
      decision: 'approved',
      comment: 'Sorry!',
      data: {
        amount: 12.5,
        parts: 2,
        kind: 'voucher',
        due: '2026-12-24',
        reason: 'Twice late',
        name: 'Ada',
        urgent: true,
        tags: ['a', 'b'],
      },
    });
    await page.reload();
    await page.getByRole('heading', { name: 'Already decided' }).waitFor();
    expect(await page.getByText('It was approved.').isVisible()).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await layoutShift(page)).toBeLessThan(0.1);
    expect(tab.problems).toEqual([]);
  });

  it('rejects without a filled form, and shows what is over', async () => {
    const { executionId, link } = await start(server, sink, { config: { schema: FORM } });
    const tab = await visit(link);
    await tab.page.getByLabel('Comment').fill('Not this time');
    await tab.page.getByRole('button', { name: 'Reject' }).click();
    await tab.page.getByRole('heading', { name: 'Rejected' }).waitFor();
    expect(stepsOf(await waitForExecution(server, executionId)).ask?.output).toMatchObject({
      decision: 'rejected',
      comment: 'Not this time',
    });
    const token = tokenOf(link);
    for (const path of [`/approvals/${token.slice(0, -2)}xx/`, '/approvals/x/']) {
      const other = await visit(`${server.url}${path}`, 'dark');
      expect(await heading(other).textContent()).toBe('This link does not work');
      expect(await accessibilityProblems(other.page)).toEqual([]);
      expect(other.problems).toEqual([]);
    }
    const { headers } = await server.call('GET', new URL(link).pathname, undefined, anonymous);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(tab.problems).toEqual([]);
  });

  it('shows whatever a title holds as text', async () => {
    const title = '<img src=x onerror=alert(1)> {{ event.payload.who }}';
    const { link } = await start(server, sink, { config: { title } });
    const tab = await visit(link);
    expect(await heading(tab).textContent()).toBe('<img src=x onerror=alert(1)> Ada');
    expect(tab.problems).toEqual([]);
  });
});
