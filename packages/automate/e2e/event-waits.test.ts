import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { callOf, edge } from './support/graphs.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { startServerProcess } from './support/server-process.ts';

const byOrder = { '==': [{ var: 'payload.order' }, { var: 'event.payload.order' }] };

describe.each(databaseKinds)('events that are waited for on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;
  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host } });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  const send = async (event_type: string, payload: object) =>
    (await server.call<{ event_id: string }>('POST', '/api/v1/events/', { event_type, payload })).body.event_id;
  const start = async (workflow: string, input: object) =>
    (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, { input })).body.execution_id;
  const waiting = (id: string) =>
    eventually(
      async () => (await server.call<{ status: string }>('GET', `/api/v1/executions/${id}/`)).body,
      ({ status }) => status === 'waiting',
    );
  const waitsLeft = async () => (await server.automate.db.query('select execution_id from event_waits')).rows.length;

  it('go to those whose rule fits, and to nobody else', async () => {
    const workflow = await createWorkflow(server, [
      { id: 'paid', type: 'core.wait_for_event', config: { event_type: 'payment.*', match: byOrder } },
    ]);
    const ids = await Promise.all([1, 2, 3].map((order) => start(workflow, { order })));
    await Promise.all(ids.map(waiting));
    const sent = await send('payment.received', { order: 2, amount: 7 });
    const ended = await waitForExecution(server, ids[1] as string);
    expect(ended.status).toBe('succeeded');
    expect(ended.output).toMatchObject({ id: sent, type: 'payment.received', payload: { order: 2, amount: 7 } });
    await send('payment', { order: 1 });
    await send('refund.received', { order: 3 });
    expect((await waiting(ids[0] as string)).status).toBe('waiting');
    await send('payment.failed', { order: 1 });
    await send('payment.failed', { order: 3 });
    for (const id of ids) expect((await waitForExecution(server, id)).status).toBe('succeeded');
  });

  it('count from the start of the execution, unless only later ones are wanted', async () => {
    const nodes = (since: string) => [
      { id: 'pause', type: 'core.wait_for_signal', config: { name: 'go' } },
      { id: 'paid', type: 'core.wait_for_event', config: { event_type: 'early.came', match: byOrder, since } },
    ];
    const edges = [{ source: 'pause', target: 'paid' }];
    const [anyTime, later] = await Promise.all([
      createWorkflow(server, nodes('start'), edges),
      createWorkflow(server, nodes('now'), edges),
    ]);
    await send('early.came', { order: 77 }); // before either has started
    const first = await start(anyTime as string, { order: 77 });
    const second = await start(later as string, { order: 77 });
    await Promise.all([waiting(first), waiting(second)]);
    const early = await send('early.came', { order: 77 });
    await eventually(
      async () => (await server.call<{ triggers: unknown[] }>('GET', `/api/v1/events/${early}/`)).status,
      (status) => status === 200,
    );
    for (const id of [first, second]) await server.call('POST', `/api/v1/executions/${id}/signal/`, { name: 'go' });
    expect((await waitForExecution(server, first)).output).toMatchObject({ id: early });
    await waiting(second);
    const late = await send('early.came', { order: 77 });
    expect((await waitForExecution(server, second)).output).toMatchObject({ id: late });
  });

  it('are handed to a loop one after the other', async () => {
    const workflow = await createWorkflow(server, [
      {
        id: 'each',
        type: 'flow.foreach',
        config: {
          items: '{{ event.payload.places }}',
          body: { nodes: [{ id: 'next', type: 'core.wait_for_event', config: { event_type: 'queue.next' } }], edges: [] },
        },
      },
    ]);
    const id = await start(workflow, { places: [1, 2, 3] });
    await waiting(id);
    const sent: string[] = [];
    for (let index = 0; index < 3; index += 1) sent.push(await send('queue.next', { index }));
    const ended = await waitForExecution(server, id);
    expect((ended.output as { id: string }[]).map((event) => event.id).sort()).toEqual([...sent].sort());
  });

  it('are waited for in vain until the time is over', async () => {
    const workflow = await createWorkflow(
      server,
      [
        { id: 'paid', type: 'core.wait_for_event', config: { event_type: 'never.comes', timeout_seconds: 0.3 } },
        { id: 'late', type: 'core.log', config: { message: 'too late' } },
      ],
      [{ source: 'paid', target: 'late', condition: 'timeout' }],
    );
    const ended = await runWorkflow(server, workflow);
    expect(ended.status).toBe('succeeded');
    expect(stepsOf(ended).late?.status).toBe('succeeded');
  });

  it('are waited for by nobody once an execution has ended', async () => {
    const workflow = await createWorkflow(server, [
      { id: 'a', type: 'core.wait_for_event', config: { event_type: 'left.behind' } },
      { id: 'b', type: 'core.wait_for_event', config: { event_type: 'left.behind', timeout_seconds: 60 } },
    ]);
    const before = await waitsLeft();
    const id = await start(workflow, {});
    await waiting(id);
    await server.call('POST', `/api/v1/executions/${id}/cancel/`);
    expect((await waitForExecution(server, id)).status).toBe('cancelled');
    expect(await waitsLeft()).toBe(before);
  });

  it('go to all who wait, many of them', async () => {
    const workflow = await createWorkflow(server, [
      { id: 'all', type: 'core.wait_for_event', config: { event_type: 'everyone.goes' } },
    ]);
    const ids = await Promise.all(Array.from({ length: 120 }, () => start(workflow, {})));
    await Promise.all(ids.map(waiting));
    await send('everyone.goes', {});
    for (const id of ids) expect((await waitForExecution(server, id)).status).toBe('succeeded');
    expect(await waitsLeft()).toBe(0);
  });

  it('of another tenant are not seen', async () => {
    const { id: tenantId } = await server.automate.ensureTenant('stranger');
    const { value } = await server.automate.apiKeys.create({ tenantId, name: 'stranger', isStaff: false, scopes: ['*'] });
    const workflow = await createWorkflow(server, [
      { id: 'mine', type: 'core.wait_for_event', config: { event_type: 'private.thing', timeout_seconds: 2 } },
    ]);
    const id = await start(workflow, {});
    await waiting(id);
    const strange = { event_type: 'private.thing', payload: {} };
    const reply = await server.call('POST', '/api/v1/events/', strange, { authorization: `Bearer ${value}` });
    expect(reply.status).toBe(202);
    expect((await waitForExecution(server, id)).error).toMatchObject({ code: 'step_timeout' });
  });

  const emit = { id: 'send', type: 'core.emit', config: { event_type: 'chain.next', payload: { n: '{{ event.payload.n }}' } } };
  const eventsOf = async (trace: string) =>
    (await server.call<{ results: Record<string, unknown>[] }>('GET', `/api/v1/events/?trace_id=${trace}&event_type=chain.next`))
      .body.results;
  const executionsOf = async (trace: string, workflow: string) =>
    (await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?trace_id=${trace}&workflow_id=${workflow}`)).body
      .results;
  const receive = () =>
    createWorkflow(server, [{ id: 'got', type: 'core.transform', config: { template: { n: '{{ event.payload.n }}' } } }], [], {
      triggers: [{ type: 'event', event_type: 'chain.next' }],
    });

  it.each([
    ['', []],
    [', though the step behind it is tried again', [['call', '/500-once']]],
  ] as const)('are sent by a step, once, and start others%s', async (_what, behind) => {
    const receiver = await receive();
    const retry = { retry: { attempts: 3, initial_seconds: 0.05 } };
    const sender = await createWorkflow(
      server,
      [emit, ...behind.map(([id, path]) => callOf(sink)(id, path, retry))],
      behind.map(([id]) => edge('send', id)),
    );
    const ended = await runWorkflow(server, sender, { n: 5 });
    expect(ended.status).toBe('succeeded');
    for (const [id] of behind) expect(stepsOf(ended)[id]?.attempts).toBe(2);
    const [started] = await eventually(
      () => executionsOf(ended.trace_id, receiver),
      ({ length }) => length > 0,
    );
    expect((await waitForExecution(server, started?.id ?? '')).output).toEqual({ n: 5 });
    const events = await eventsOf(ended.trace_id);
    expect(events).toMatchObject([{ source: 'workflow', payload: { n: 5 } }]);
    expect(stepsOf(ended).send?.output).toEqual({ event_id: events[0]?.id });
    expect(await executionsOf(ended.trace_id, receiver)).toHaveLength(1);
  });

  it('cancel the executions that say so, and no other', async () => {
    const workflow = await createWorkflow(server, [{ id: 'pause', type: 'core.sleep', config: { seconds: 60 } }], [], {
      name: 'Cancelled by events',
      settings: { cancel_on: [{ event_type: 'other.thing' }, { event_type: 'order.cancelled', match: byOrder }] },
    });
    const ids = await Promise.all([1, 2].map((order) => start(workflow, { order })));
    await Promise.all(ids.map(waiting));
    await send('order.cancelled', { order: 2 });
    expect((await waitForExecution(server, ids[1] as string)).status).toBe('cancelled');
    expect((await waiting(ids[0] as string)).status).toBe('waiting');
    await server.call('POST', `/api/v1/executions/${ids[0]}/cancel/`);
    await waitForExecution(server, ids[0] as string);
    expect(await waitsLeft()).toBe(0);
  });

  it('cancel what an earlier event has started, though both come at once, and never what they start themselves', async () => {
    const workflow = await createWorkflow(server, [{ id: 'pause', type: 'core.sleep', config: { seconds: 60 } }], [], {
      name: 'Only the newest',
      triggers: [{ type: 'event', event_type: 'draft.saved' }],
      settings: {
        cancel_on: [{ event_type: 'draft.saved', match: { '==': [{ var: 'payload.id' }, { var: 'event.payload.id' }] } }],
      },
    });
    const events = [1, 2, 3, 1].map((id) => ({ event_type: 'draft.saved', payload: { id } }));
    await server.call('POST', '/api/v1/events/', events);
    const executions = await eventually(
      async () =>
        (await server.call<{ results: { status: string }[] }>('GET', `/api/v1/executions/?workflow_id=${workflow}`)).body.results,
      (results) =>
        results.length === 4 &&
        results.some(({ status }) => status === 'cancelled') &&
        results.every(({ status }) => ['waiting', 'cancelled'].includes(status)),
    );
    expect(executions.map(({ status }) => status).sort()).toEqual(['cancelled', 'waiting', 'waiting', 'waiting']);
  });

  it('are no larger than those that come from outside', async () => {
    const text = `{{ event.payload.t | append: event.payload.t }}`;
    const workflow = await createWorkflow(
      server,
      [
        { id: 'more', type: 'core.set', config: { values: Object.fromEntries([...'abcdefgh'].map((name) => [name, text])) } },
        { id: 'send', type: 'core.emit', config: { event_type: 'too.large', payload: { all: '{{ steps.more.output }}' } } },
      ],
      [{ source: 'more', target: 'send' }],
      { name: 'Too large' },
    );
    const ended = await runWorkflow(server, workflow, { t: 'x'.repeat(525_000) });
    expect(ended.error).toMatchObject({ code: 'payload_too_large', node: 'send' });
    expect((await server.call<{ results: unknown[] }>('GET', '/api/v1/events/?event_type=too.large')).body.results).toEqual([]);
  });

  it('say what is wrong with a rule when it is saved', async () => {
    const refused = await server.call<{ errors: unknown[] }>('POST', '/api/v1/workflows/', {
      name: 'Test',
      graph: {
        nodes: [{ id: 'a', type: 'core.wait_for_event', config: { event_type: 'x', match: { var: { cat: ['pay', 'load'] } } } }],
        edges: [],
      },
    });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ pointer: '/graph/nodes/0/config/match', code: 'computed_path' }]);
  });
});

it.each(databaseKinds)('events that steps send are sent once, whatever dies meanwhile, on %s', async (kind) => {
  const database = await createTestDatabase(kind);
  const sink = await createScriptedSink();
  const environment = {
    AUTOMATE_BOOTSTRAP_TOKEN: 'a-token-that-only-tests-use-0123456789',
    AUTOMATE_LEASE_SECONDS: '3',
    AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host,
  };
  let server = await startServerProcess(database, environment);
  try {
    const workflow = async (nodes: object[], edges: object[] = [], more: object = {}) => {
      const made = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
        name: 'x',
        graph: { nodes, edges },
        ...more,
      });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      return made.body.id;
    };
    const list = async <Row>(path: string) =>
      (await server.call<{ results: Row[] }>('GET', `/api/v1/${path}&limit=200`)).body.results;
    const executionsOf = (id: string) => list<Execution>(`executions/?workflow_id=${id}`);
    const ended = (id: string, count: number) =>
      eventually(
        () => executionsOf(id),
        (rows) => rows.length >= count && rows.every(({ finished_at }) => finished_at !== null),
        60_000,
      );

    const receiver = await workflow([{ id: 'got', type: 'core.log', config: { message: 'got' } }], [], {
      triggers: [{ type: 'event', event_type: 'sent.once' }],
    });
    const payload = { of: '{{ event.payload.n }}', item: '{{ item }}' };
    const body = {
      nodes: [callOf(sink)('before', '/echo'), { id: 'send', type: 'core.emit', config: { event_type: 'sent.once', payload } }],
      edges: [edge('before', 'send')],
    };
    const sender = await workflow([{ id: 'each', type: 'flow.foreach', config: { items: [1, 2, 3, 4, 5, 6, 7, 8], body } }]);
    for (let n = 0; n < 20; n += 1)
      expect((await server.call('POST', `/api/v1/workflows/${sender}/run/`, { input: { n } })).status).toBe(202);
    await eventually(
      async () => sink.calls.length,
      (count) => count >= 60,
    );
    await server.kill();
    server = await startServerProcess(database, environment);

    expect((await ended(sender, 20)).map(({ status }) => status)).toEqual(Array(20).fill('succeeded'));
    await ended(receiver, 160);
    const events = await list<{ payload: { of: number; item: number } }>('events/?event_type=sent.once');
    expect(events).toHaveLength(160);
    expect(new Set(events.map(({ payload: { of, item } }) => `${of} ${item}`)).size).toBe(160);
    expect(await executionsOf(receiver)).toHaveLength(160);
  } finally {
    await server.kill();
    await sink.close();
    await database.dispose();
  }
});
