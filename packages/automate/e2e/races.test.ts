import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { callOf, edge, handleOf, log, nap, once, set, wait } from './support/graphs.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';

describe.each(databaseKinds)('branches that race on %s', (kind) => {
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

  type Node = { id: string; type: string };
  const race = (nodes: Node[], join: object, more: { nodes?: Node[]; edges?: object[] } = {}) =>
    createWorkflow(
      server,
      [...nodes, set('join', { by: 'join' }, join), ...(more.nodes ?? [])],
      [...nodes.map(({ id }) => edge(id, 'join')), ...((more.edges ?? []) as [])],
    );

  it('goes on without a signal that never comes, by default where the first success counts', async () => {
    for (const join of [{ join: 'any', cancel_losers: true }, { join: 'first_success' }]) {
      const execution = await runWorkflow(server, await race([nap('timer', 0.2), wait('answer')], join));
      expect(execution).toMatchObject({ status: 'succeeded', output: { by: 'join' } });
      expect(stepsOf(execution).answer).toMatchObject({ status: 'cancelled', waits_for: null });
      expect(await does.signal(execution.id, 'answer')).toMatchObject({ status: 409 });
    }
  });

  it('goes on when the signal comes, without the rest of the time', async () => {
    const workflow = await race(
      [nap('timer', 600), wait('answer')],
      { join: 'any', cancel_losers: true },
      {
        nodes: [nap('later', 0.4), log('last')],
        edges: [edge('join', 'later'), edge('later', 'last')],
      },
    );
    const execution = await does.start(workflow);
    await does.reaches(execution, 'waiting');
    expect((await does.signal(execution, 'answer')).status).toBe(202);
    // Taken up once more behind the join, where it sleeps.
    const ended = await waitForExecution(server, execution);
    expect(ended.status).toBe('succeeded');
    expect(ended.steps.map(({ node, status }) => `${node} ${status}`).toSorted()).toEqual([
      'answer succeeded',
      'join succeeded',
      'last succeeded',
      'later succeeded',
      'timer cancelled',
    ]);
  });

  it.each([{ join: 'any' }, { join: 'first_success', cancel_losers: false }])(
    'lets losers of a join of $join go on, and their failure costs nothing any more',
    async (join) => {
      const nodes = [log('start'), nap('slow', 0.3), call('late', '/500', once), log('quick'), set('join', { ok: true }, join)];
      const edges = [
        edge('start', 'slow'),
        edge('slow', 'late'),
        edge('late', 'join'),
        edge('start', 'quick'),
        edge('quick', 'join'),
      ];
      const execution = await runWorkflow(server, await createWorkflow(server, nodes, edges));
      expect(execution).toMatchObject({ status: 'succeeded', output: { ok: true } });
      expect(stepsOf(execution).late).toMatchObject({ status: 'failed', error: { code: 'http_status' } });
    },
  );

  it('still fails where a branch of two fails first, or fails that something else depends on', async () => {
    const first = await race([call('boom', '/500', once), nap('slow', 30)], { join: 'any' });
    expect(await runWorkflow(server, first)).toMatchObject({ status: 'failed', error: { node: 'boom' } });
    const nodes = [nap('slow', 0.3), call('late', '/500', once), log('other'), log('quick'), log('join', { join: 'any' })];
    const edges = [edge('slow', 'late'), edge('late', 'join'), edge('late', 'other'), edge('quick', 'join')];
    expect(await runWorkflow(server, await createWorkflow(server, nodes, edges))).toMatchObject({
      status: 'failed',
      error: { node: 'late' },
    });
  });

  it('stops a loser that runs, and lets none start that has not', async () => {
    const path = `/hang-race-${kind}`;
    const nodes = [nap('timer', 2), call('slow', path), call('never', '/never'), log('join', { join: 'first_success' })];
    const edges = [edge('timer', 'join'), edge('slow', 'never'), edge('never', 'join')];
    const execution = await runWorkflow(server, await createWorkflow(server, nodes, edges));
    expect(execution.status).toBe('succeeded');
    expect([stepsOf(execution).slow?.status, stepsOf(execution).never?.status]).toEqual(['cancelled', 'skipped']);
    expect(await sink.wasAborted(path)).toBe(true);
    expect(sink.calls.some((made) => made.path === '/never')).toBe(false);
  });

  it('cancels loops and other workflows that lost, with all that is in them', async () => {
    const slug = `loser-${kind}`;
    await createWorkflow(server, [nap('nap', 600)], [], { slug });
    const body = {
      nodes: [
        { id: 'child', type: 'workflow.run', config: { workflow: slug } },
        nap('nap', 600),
        call('hang', `/hang-loop-${kind}`),
      ],
      edges: [],
    };
    const loop = { id: 'loop', type: 'flow.foreach', config: { items: [1, 2, 3], concurrency: 2, body } };
    const execution = await runWorkflow(server, await race([nap('timer', 4), loop], { join: 'first_success' }));
    expect(execution.status).toBe('succeeded');
    const within = execution.steps.filter(({ node }) => node.startsWith('loop'));
    expect(within).toHaveLength(7);
    expect(new Set(within.map(({ status }) => status))).toEqual(new Set(['cancelled']));
    for (const { id } of await does.children(execution.id, 2))
      expect((await waitForExecution(server, id)).status).toBe('cancelled');
    expect(await sink.wasAborted(`/hang-loop-${kind}`)).toBe(true);
  });

  it('races in each item of a loop, and in a race', async () => {
    const body = {
      nodes: [
        nap('timer', 0.1),
        wait('answer'),
        log('inner', { join: 'any', cancel_losers: true }),
        nap('other', 600),
        set('out', { n: '{{ item }}' }, { join: 'first_success' }),
      ],
      edges: [edge('timer', 'inner'), edge('answer', 'inner'), edge('inner', 'out'), edge('other', 'out')],
    };
    const loop = { id: 'loop', type: 'flow.foreach', config: { items: [1, 2, 3], concurrency: 2, body } };
    const execution = await runWorkflow(server, await createWorkflow(server, [loop]));
    expect(execution).toMatchObject({ status: 'succeeded', output: [{ n: 1 }, { n: 2 }, { n: 3 }] });
    const cancelled = execution.steps.filter(({ status }) => status === 'cancelled').map(({ node }) => node);
    expect(cancelled.toSorted()).toEqual(['answer', 'answer', 'answer', 'other', 'other', 'other'].map((id) => `loop/${id}`));
  });

  it('has one winner, however many come at once', async () => {
    const nodes = Array.from({ length: 40 }, (_, n) => call(`c${n}`, '/echo'));
    const execution = await runWorkflow(
      server,
      await race(nodes, { join: 'first_success' }, { nodes: [nap('later', 0.2)], edges: [edge('join', 'later')] }),
    );
    expect(execution.status).toBe('succeeded');
    expect(execution.steps).toHaveLength(42);
    const ends = nodes.map(({ id }) => stepsOf(execution)[id]?.status);
    expect(ends.filter((status) => status === 'succeeded')).toHaveLength(1);
  });

  it('keeps what a loser has done, which is undone only with the whole', async () => {
    const undo = (path: string) => ({
      compensate: { type: 'http.request', config: { method: 'POST', url: `${sink.url}${path}` } },
    });
    const graph = (end: string) => {
      const nodes = [
        call('done', '/do', undo(`/undo-${end}-${kind}`)),
        wait('answer'),
        nap('timer', 2),
        log('join', { join: 'first_success' }),
        call('end', end, once),
      ];
      const edges = [edge('done', 'answer'), edge('answer', 'join'), edge('timer', 'join'), edge('join', 'end')];
      return createWorkflow(server, nodes, edges);
    };
    expect((await runWorkflow(server, await graph('/200'))).status).toBe('succeeded');
    expect((await runWorkflow(server, await graph('/500'))).status).toBe('failed');
    const undone = sink.calls.map(({ path }) => path).filter((path) => path.startsWith('/undo-'));
    expect(undone).toEqual([`/undo-/500-${kind}`]);
  });

  it('keeps the outcome of a race in a replay behind it, and runs it again from a loser', async () => {
    const nodes = [
      call('quick', '/quick'),
      wait('slow'),
      set('join', {}, { join: 'first_success' }),
      call('end', '/500-once', once),
    ];
    const edges = [edge('quick', 'join'), edge('slow', 'join'), edge('join', 'end')];
    const original = await runWorkflow(server, await createWorkflow(server, nodes, edges));
    expect(original.status).toBe('failed');
    const behind = await does.replay(original.id, { from_step: 'end' });
    expect(await waitForExecution(server, behind.body.execution_id)).toMatchObject({ status: 'succeeded' });
    expect(sink.calls.filter(({ path }) => path === '/quick')).toHaveLength(1);
    const again = await does.replay(original.id, { from_step: 'slow' });
    expect(await waitForExecution(server, again.body.execution_id)).toMatchObject({ status: 'succeeded' });
    expect(sink.calls.filter(({ path }) => path === '/quick')).toHaveLength(2);
  });

  it('refuses to cancel losers where all are waited for', async () => {
    const graph = {
      nodes: [log('a'), log('b'), log('c', { cancel_losers: true })],
      edges: [edge('a', 'c'), edge('b', 'c')],
    };
    const reply = await server.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/workflows/', { name: 'x', graph });
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toMatchObject([{ pointer: '/graph/nodes/2/cancel_losers', code: 'no_race' }]);
  });
});
