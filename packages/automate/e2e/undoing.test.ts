import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { callOf, edge, handleOf, log, nap, once, set } from './support/graphs.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';

describe.each(databaseKinds)('undoing on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;
  let does: ReturnType<typeof handleOf>;
  let call: ReturnType<typeof callOf>;

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, {
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, AUTOMATE_LEASE_SECONDS: '3' },
    });
    does = handleOf(server);
    call = callOf(sink);
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  const undo = (path: string, json: object = {}) => ({
    compensate: { type: 'http.request', config: { method: 'POST', url: `${sink.url}${path}`, json } },
  });
  const callsOf = (path: string) => sink.calls.filter((made) => made.path === path);

  it('runs again what was undone, and all behind it, when a later step is replayed', async () => {
    const nodes = [log('start'), call('charge', '/charge', undo('/refund')), log('told'), call('ship', '/500-once', once)];
    const edges = [edge('start', 'charge'), edge('charge', 'told'), edge('told', 'ship')];
    const original = await runWorkflow(server, await createWorkflow(server, nodes, edges));
    expect([original.status, callsOf('/charge').length, callsOf('/refund').length]).toEqual(['failed', 1, 1]);
    const { body } = await does.replay(original.id, { from_step: 'ship' });
    const again = await waitForExecution(server, body.execution_id);
    expect(again.status).toBe('succeeded');
    expect([callsOf('/charge').length, callsOf('/refund').length]).toEqual([2, 1]);
    const startedAt = (id: string) => Date.parse(stepsOf(again)[id]?.started_at ?? '');
    expect(startedAt('told')).toBeGreaterThanOrEqual(startedAt('charge'));
    expect(startedAt('start')).toBeLessThan(startedAt('charge'));
  });

  it('undoes each time what was done, once, when a replay fails again', async () => {
    const nodes = [call('charge', '/charge-again', undo('/refund-again')), call('ship', '/500', once)];
    const original = await runWorkflow(server, await createWorkflow(server, nodes, [edge('charge', 'ship')]));
    const { body } = await does.replay(original.id, { from_step: 'ship' });
    const again = await waitForExecution(server, body.execution_id);
    expect([again.status, again.error?.node]).toEqual(['failed', 'ship']);
    expect([callsOf('/charge-again').length, callsOf('/refund-again').length]).toEqual([2, 2]);
    expect(new Set(callsOf('/refund-again').map(({ key }) => key)).size).toBe(2);
  });

  it('holds up no other execution that the same event cancels', async () => {
    const settings = { cancel_on: [{ event_type: 'everything.stopped' }] };
    const slow = { ...undo('/503'), retry: { attempts: 2, initial_seconds: 600, jitter: false } };
    const nodes = [call('charge', '/200', slow), call('boom', '/500', once)];
    const undone = await does.start(await createWorkflow(server, nodes, [edge('charge', 'boom')], { settings }));
    await does.stepReaches(undone, 'charge#undo', 'retrying');
    const others = await createWorkflow(server, [nap('nap', 600)], [], { settings });
    const other = await does.start(others);
    await does.reaches(other, 'waiting');
    await server.call('POST', '/api/v1/events/', { event_type: 'everything.stopped', payload: {} });
    expect((await waitForExecution(server, other)).status).toBe('cancelled');
    expect(await does.get(undone)).toMatchObject({ ending: 'failed', finished_at: null });
  });

  it('runs a loop again of which an item was undone, and takes for done what could not be undone', async () => {
    const body = { nodes: [call('book', '/book', undo('/unbook'))], edges: [] };
    const loop = { id: 'loop', type: 'flow.foreach', config: { items: [1, 2], body } };
    const nodes = [loop, call('kept', '/kept', { ...undo('/404'), ...once }), call('end', '/501-once', once)];
    const edges = [edge('loop', 'end'), edge('kept', 'end')];
    const original = await runWorkflow(server, await createWorkflow(server, nodes, edges));
    expect(original.status).toBe('failed');
    const { body: replayed } = await does.replay(original.id, { from_step: 'end' });
    expect((await waitForExecution(server, replayed.execution_id)).status).toBe('succeeded');
    expect([callsOf('/book').length, callsOf('/unbook').length, callsOf('/kept').length]).toEqual([4, 2, 1]);
  });

  it('sees in a loop what each time saw, `previous` too', async () => {
    const body = {
      nodes: [
        call('do', '/echo', undo('/undo-while', { index: '{{ index }}', previous: '{{ previous }}' }), {
          json: { n: '{{ index }}' },
        }),
        set('result', { of: '{{ index }}' }),
      ],
      edges: [edge('do', 'result')],
    };
    const loop = { id: 'loop', type: 'flow.while', config: { condition: { '<': [{ var: 'index' }, 3] }, body } };
    const nodes = [loop, call('boom', '/500', once)];
    await runWorkflow(server, await createWorkflow(server, nodes, [edge('loop', 'boom')]));
    expect(callsOf('/undo-while').map((made) => made.body)).toEqual([
      { index: 2, previous: { of: 1 } },
      { index: 1, previous: { of: 0 } },
      { index: 0, previous: null },
    ]);
  });

  it('sees the loops around it, and finds what was done behind an item that did nothing', async () => {
    const inner = {
      id: 'inner',
      type: 'flow.foreach',
      config: {
        items: ['x', 'y'],
        body: { nodes: [call('do', '/do', undo('/undo-nested', { at: '{{ loops.outer.item }}{{ item }}' }))], edges: [] },
      },
    };
    const outer = { id: 'outer', type: 'flow.foreach', config: { items: ['a', 'b'], body: { nodes: [inner], edges: [] } } };
    await runWorkflow(server, await createWorkflow(server, [outer, call('boom', '/500', once)], [edge('outer', 'boom')]));
    expect(callsOf('/undo-nested').map((made) => (made.body as { at: string }).at)).toEqual(['by', 'bx', 'ay', 'ax']);
  });

  it('takes a reply that refuses for a failure, at once, and tries again what may pass', async () => {
    const retry = { retry: { attempts: 3, initial_seconds: 0 } };
    const nodes = [
      call('a', '/do-a', { ...undo('/400'), ...retry }),
      call('b', '/do-b', { ...undo('/503-once'), ...retry }),
      call('boom', '/502', once),
    ];
    const execution = await runWorkflow(server, await createWorkflow(server, nodes, [edge('a', 'b'), edge('b', 'boom')]));
    expect(stepsOf(execution)['a#undo']).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'http_status' } });
    expect(stepsOf(execution)['b#undo']).toMatchObject({ status: 'succeeded', attempts: 2 });
    expect(execution.error).toMatchObject({ node: 'boom', message: expect.stringContaining('1 step could not be undone') });
    // As a step of the graph, the same reply is an output.
    expect((await runWorkflow(server, await createWorkflow(server, [call('a', '/400')]))).status).toBe('succeeded');
  });

  it('cannot be cancelled, and says so; to cancel twice is no mistake', async () => {
    const nodes = [call('a', '/do-a', undo(`/hang-undo-${kind}`)), call('boom', '/500', once)];
    const failed = await does.start(await createWorkflow(server, nodes, [edge('a', 'boom')]));
    await eventually(async () => callsOf(`/hang-undo-${kind}`).length, Boolean);
    expect(await does.cancel(failed)).toMatchObject({ status: 409, body: { code: 'execution_ending' } });
    expect(await does.get(failed)).toMatchObject({ ending: 'failed' });
    expect(await does.signal(failed, 'x')).toMatchObject({ status: 409 });
    const asleep = [call('a', '/do-a', undo(`/hang-undo-${kind}`)), nap('nap', 600)];
    const cancelled = await does.start(await createWorkflow(server, asleep, [edge('a', 'nap')]));
    await does.reaches(cancelled, 'waiting');
    for (const _ of [1, 2]) expect(await does.cancel(cancelled)).toMatchObject({ status: 202, body: { ending: 'cancelled' } });
  });
});
