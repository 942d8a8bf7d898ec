import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { withContract } from './support/openapi.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { createTenant } from './support/tenants.ts';

const set = (id: string, template: object, more: object = {}) => ({ id, type: 'core.transform', config: { template }, ...more });
const log = (id: string) => ({ id, type: 'core.log', config: { message: id } });
const edge = (source: string, target: string, condition?: string) => ({ source, target, ...(condition && { condition }) });
type Replayed = { execution_id: string; workflow_version: number; trace_id: string };
type Problem = { code: string; detail: string; errors?: { pointer: string; known?: string[] }[] };

describe.each(databaseKinds)('replays on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await withContract(await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host } }));
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  const call = (id: string, path: string, more: object = {}) => ({
    id,
    type: 'http.request',
    config: { method: 'POST', url: `${sink.url}${path}`, json: { n: '{{ event.payload.n }}' } },
    retry: { attempts: 1 },
    ...more,
  });
  const calls = (path: string) => sink.calls.filter((made) => made.path === path);
  const ask = (id: string, body: object = {}, as: Pick<TestServer, 'call'> = server) =>
    as.call<Replayed & Problem>('POST', `/api/v1/executions/${id}/replay/`, body);
  async function replay(id: string, body: object = {}): Promise<Execution> {
    const reply = await ask(id, body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(202);
    return waitForExecution(server, reply.body.execution_id);
  }

  it('runs everything again for the same event', async () => {
    const workflow = await createWorkflow(
      server,
      [call('a', '/all'), set('b', { n: '{{ event.payload.n }}' })],
      [edge('a', 'b')],
    );
    const original = await runWorkflow(server, workflow, { n: 7 });
    const again = await replay(original.id);
    expect(again).toMatchObject({ status: 'succeeded', replay_of: original.id, event_id: original.event_id, output: { n: 7 } });
    expect(calls('/all')).toHaveLength(2);
    expect(calls('/all')[0]?.key).not.toBe(calls('/all')[1]?.key);
    const listed = await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?replay_of=${original.id}`);
    expect(listed.body.results.map(({ id }) => id)).toEqual([again.id]);
  });

  it('runs a step and all behind it again, and keeps what the others did', async () => {
    const workflow = await createWorkflow(
      server,
      [
        call('first', '/first'),
        call('side', '/side'),
        call('failing', '/500-once'),
        set('last', { first: '{{ steps.first.output.status }}' }),
      ],
      [edge('first', 'failing'), edge('first', 'side'), edge('failing', 'last')],
    );
    const original = await runWorkflow(server, workflow, { n: 1 });
    expect(original).toMatchObject({ status: 'failed', error: { node: 'failing' } });
    const again = await replay(original.id, { from_step: 'failing' });
    expect(again).toMatchObject({ status: 'succeeded', output: { side: { status: 200 }, last: { first: 200 } } });
    expect([calls('/first').length, calls('/500-once').length]).toEqual([1, 2]);
    const [before, after] = [stepsOf(original), stepsOf(again)];
    expect(after.first).toEqual(before.first);
    expect(after.failing?.started_at).not.toBe(before.failing?.started_at);
  });

  it('takes over loops with all they did, what was passed over, and failures that led on', async () => {
    const loop = {
      id: 'loop',
      type: 'flow.foreach',
      config: { items: [1, 2, 3], body: { nodes: [{ ...call('each', '/each') }], edges: [] } },
    };
    const workflow = await createWorkflow(
      server,
      [loop, call('broken', '/500'), log('fine'), set('rescue', { code: '{{ steps.broken.error.code }}' }), call('end', '/end')],
      [edge('loop', 'broken'), edge('broken', 'fine'), edge('broken', 'rescue', 'error'), edge('rescue', 'end')],
    );
    const original = await runWorkflow(server, workflow, { n: 1 });
    expect(original.status).toBe('succeeded');
    const again = await replay(original.id, { from_step: 'end' });
    expect(again.status).toBe('succeeded');
    expect([calls('/each').length, calls('/500').length, calls('/end').length]).toEqual([3, 1, 2]);
    const shape = ({ steps }: Execution) =>
      steps.map(({ node, iteration, status, route }) => [node, iteration, status, route].join(' ')).toSorted();
    expect(shape(again)).toEqual(shape(original));
    const fromRescue = await replay(again.id, { from_step: 'rescue' });
    expect([fromRescue.status, calls('/end').length]).toEqual(['succeeded', 3]);
  });

  it('goes on behind a crash-free copy of a lost branch', async () => {
    const workflow = await createWorkflow(
      server,
      [log('start'), call('one', '/500'), call('two', '/500'), { ...log('join'), join: 'first_success' }],
      [edge('start', 'one'), edge('start', 'two'), edge('one', 'join'), edge('two', 'join')],
    );
    const original = await runWorkflow(server, workflow, { n: 1 });
    expect(original).toMatchObject({ status: 'failed', error: { code: 'all_branches_failed', node: 'join' } });
    const before = calls('/500').length;
    const again = await replay(original.id, { from_step: 'join' });
    expect(again).toMatchObject({ status: 'failed', error: { code: 'all_branches_failed', node: 'join' } });
    expect(calls('/500').length).toBe(before);
  });

  it('runs again what the original has undone, and copies no undoing', async () => {
    const undo = { compensate: { type: 'http.request', config: { method: 'POST', url: `${sink.url}/undo` } } };
    const workflow = await createWorkflow(server, [call('book', '/book', undo), call('pay', '/502-once')], [edge('book', 'pay')]);
    const original = await runWorkflow(server, workflow, { n: 1 });
    expect(stepsOf(original)['book#undo']?.status).toBe('succeeded');
    const again = await replay(original.id, { from_step: 'pay' });
    expect(again.status).toBe('succeeded');
    expect(Object.keys(stepsOf(again)).toSorted()).toEqual(['book', 'pay']);
    expect([calls('/book').length, calls('/undo').length]).toEqual([2, 1]);
  });

  it('runs another version: what is not in it, or has become something else, is not taken over', async () => {
    const nodes = [call('a', '/v-a'), call('b', '/v-b'), call('c', '/v-c')];
    const edges = [edge('a', 'b'), edge('b', 'c')];
    const workflow = await createWorkflow(server, nodes, edges);
    const original = await runWorkflow(server, workflow, { n: 1 });
    const changed = {
      nodes: [nodes[0], set('b', { new: 'one' }), call('c', '/v-c'), call('d', '/v-d')],
      edges: [...edges, edge('c', 'd')],
    };
    expect((await server.call('PUT', `/api/v1/workflows/${workflow}/`, { name: 'v2', graph: changed })).status).toBe(200);
    const latest = await replay(original.id, { version: 'latest', from_step: 'd' });
    expect(latest).toMatchObject({ status: 'succeeded', workflow_version: 2 });
    expect(stepsOf(latest).b?.output).toEqual({ new: 'one' });
    expect(['/v-a', '/v-b', '/v-c', '/v-d'].map((path) => calls(path).length)).toEqual([1, 1, 2, 1]);
    expect((await replay(original.id)).workflow_version).toBe(1);
    expect((await replay(latest.id, { version: 1 })).workflow_version).toBe(1);
    expect((await ask(original.id, { version: 9 })).body.code).toBe('workflow_version_not_found');
    const unknown = await ask(original.id, { from_step: 'd' });
    expect(unknown.status).toBe(400);
    expect(unknown.body.errors).toMatchObject([{ pointer: '/from_step', known: ['a', 'b', 'c'] }]);
  });

  it('takes another input, as an event of its own', async () => {
    const workflow = await createWorkflow(server, [set('a', { n: '{{ event.payload.n }}' })]);
    const original = await runWorkflow(server, workflow, { n: 1 });
    const again = await replay(original.id, { input: { n: 2 } });
    expect(again.output).toEqual({ n: 2 });
    const { body } = await server.call('GET', `/api/v1/events/${again.event_id}/`);
    expect(body).toMatchObject({ event_type: 'workflow.run', source: 'replay', payload: { n: 2 } });
  });

  it('refuses what runs, what is archived, and what one may not', async () => {
    const sleeping = await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 3_600 } }]);
    const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${sleeping}/run/`, {});
    expect(await ask(started.body.execution_id)).toMatchObject({ status: 409, body: { code: 'execution_running' } });
    await server.call('POST', `/api/v1/executions/${started.body.execution_id}/cancel/`);
    await waitForExecution(server, started.body.execution_id);

    const workflow = await createWorkflow(server, [log('a')]);
    const original = await runWorkflow(server, workflow);
    const stranger = await createTenant(server, `stranger-${kind}`);
    expect((await ask(original.id, {}, stranger)).status).toBe(404);
    const { rows } = await server.automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    const { value } = await server.automate.apiKeys.create({
      tenantId: rows[0]?.id ?? '',
      name: 'operator',
      scopes: ['executions:write'],
      isStaff: false,
    });
    const operator: Pick<TestServer, 'call'> = {
      call: (method, path, body) => server.call(method, path, body, { authorization: `Bearer ${value}` }),
    };
    expect((await ask(original.id, {}, operator)).status).toBe(202);
    await server.call('PUT', `/api/v1/workflows/${workflow}/`, { name: 'v2', graph: { nodes: [log('b')] } });
    expect((await ask(original.id, {}, operator)).status).toBe(403);
    expect((await ask(original.id, { version: 'latest' }, operator)).status).toBe(202);
    await server.call('DELETE', `/api/v1/workflows/${workflow}/`);
    expect(await ask(original.id)).toMatchObject({ status: 409, body: { code: 'workflow_archived' } });
  });
});
