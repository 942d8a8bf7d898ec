import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { callOf, edge, handleOf, log, nap, once, wait } from './support/graphs.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { startServerProcess } from './support/server-process.ts';

describe.each(databaseKinds)('what a parent leaves behind on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;
  let does: ReturnType<typeof handleOf>;
  let call: ReturnType<typeof callOf>;
  const sleeper = `sleeper-${kind}`;
  const run = (id: string, config: object = {}, more: object = {}) => ({
    id,
    type: 'workflow.run',
    config: { workflow: sleeper, ...config },
    ...more,
  });
  /** Fails once its child is under way. */
  const failing = (child: object, more: object = {}, undo: object = {}) =>
    createWorkflow(
      server,
      [log('start', undo), nap('moment', 1.5), call('boom', '/500', once), child as ReturnType<typeof run>],
      [edge('start', 'moment'), edge('moment', 'boom'), edge('start', (child as { id: string }).id)],
      more,
    );
  const endsOf = async (parent: string, count = 1) => {
    const children = await does.children(parent, count);
    return Promise.all(children.map(async ({ id }) => (await waitForExecution(server, id)).status));
  };

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, {
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, AUTOMATE_LEASE_SECONDS: '3' },
    });
    does = handleOf(server);
    call = callOf(sink);
    await createWorkflow(server, [nap('nap', 600)], [], { slug: sleeper });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  it('cancels the children of one that fails, with and without something to undo', async () => {
    const undo = { compensate: { type: 'core.log', config: { message: 'undone' } } };
    for (const compensation of [{}, undo]) {
      const parent = await runWorkflow(server, await failing(run('child'), {}, compensation));
      expect(parent).toMatchObject({ status: 'failed', error: { node: 'boom' } });
      expect(stepsOf(parent).child?.status).toBe('cancelled');
      expect(await endsOf(parent.id)).toEqual(['cancelled']);
    }
  });

  it('cancels those of one that is out of time', async () => {
    const parent = await runWorkflow(
      server,
      await createWorkflow(server, [run('child')], [], { settings: { timeout_seconds: 3 } }),
    );
    expect(parent.error?.code).toBe('execution_timeout');
    expect(await endsOf(parent.id)).toEqual(['cancelled']);
  });

  it.each([false, true])('cancels all other items of a loop with the one that fails, which leads on: %s', async (leadsOn) => {
    const slug = `nth-${leadsOn}-${kind}`;
    await createWorkflow(
      server,
      [
        { id: 'is', type: 'logic.if', config: { condition: { '==': [{ var: 'event.payload.n' }, 7] } } },
        nap('soon', 5),
        call('boom', '/500', once),
        nap('nap', 600),
      ],
      [edge('is', 'soon', 'true'), edge('soon', 'boom'), edge('is', 'nap', 'false')],
      { slug },
    );
    const body = {
      nodes: [{ id: 'child', type: 'workflow.run', config: { workflow: slug, input: { n: '{{ index }}' } } }],
      edges: [],
    };
    const loop = {
      id: 'loop',
      type: 'flow.foreach',
      config: { items: Array.from({ length: 50 }, (_, n) => n), concurrency: 50, body },
    };
    const edges = [edge('loop', 'fine'), ...(leadsOn ? [edge('loop', 'rescue', 'error')] : [])];
    const nodes = [loop, log('fine'), ...(leadsOn ? [log('rescue')] : [])];
    const parent = await runWorkflow(server, await createWorkflow(server, nodes, edges));
    expect(parent.status).toBe(leadsOn ? 'succeeded' : 'failed');
    expect(stepsOf(parent).rescue?.status).toBe(leadsOn ? 'succeeded' : undefined);
    expect(stepsOf(parent).loop).toMatchObject({ status: 'failed', error: { code: 'workflow_failed' } });
    const ends = await endsOf(parent.id, 50);
    expect([ends.length, ends.filter((end) => end === 'cancelled').length]).toEqual([50, 49]);
  });

  it('reaches any depth, blocked ones too, and lets them undo what they did', async () => {
    const [grandchild, child] = [`deep-2-${kind}`, `deep-1-${kind}`];
    const undo = { compensate: { type: 'http.request', config: { method: 'POST', url: `${sink.url}/undo-deep-${kind}` } } };
    await createWorkflow(server, [call('done', '/do', undo), nap('nap', 600)], [edge('done', 'nap')], { slug: grandchild });
    await createWorkflow(server, [run('deeper', { workflow: grandchild })], [], { slug: child });
    const parent = await does.start(await createWorkflow(server, [run('child', { workflow: child })]));
    const [middle] = await does.children(parent);
    const [bottom] = await does.children(middle?.id ?? '');
    await does.stepReaches(bottom?.id ?? '', 'nap', 'waiting');
    await does.cancel(parent);
    for (const id of [parent, middle?.id ?? '', bottom?.id ?? ''])
      expect((await waitForExecution(server, id)).status).toBe('cancelled');
    expect(sink.calls.filter(({ path }) => path === `/undo-deep-${kind}`)).toHaveLength(1);
  });

  it('cancels a child that a limit keeps from starting', async () => {
    const slug = `one-at-a-time-${kind}`;
    const limited = await createWorkflow(server, [nap('nap', 600)], [], { slug, settings: { concurrency: { limit: 1 } } });
    const holder = await does.start(limited);
    await does.reaches(holder, 'waiting');
    for (const end of ['cancel', 'fail']) {
      const parent =
        end === 'cancel'
          ? await does.start(await createWorkflow(server, [run('child', { workflow: slug })]))
          : (await runWorkflow(server, await failing(run('child', { workflow: slug })))).id;
      const [blocked] = await does.children(parent);
      if (end === 'cancel') await does.cancel(parent);
      expect((await waitForExecution(server, blocked?.id ?? '')).status).toBe('cancelled');
    }
    expect((await does.get(holder)).status).toBe('waiting');
    await does.cancel(holder);
  });

  it('leaves alone what is to go on without it', async () => {
    const parent = await runWorkflow(server, await failing(run('child', { on_parent_end: 'abandon' })));
    expect(parent.status).toBe('failed');
    const [child] = await does.children(parent.id);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await does.reaches(child?.id ?? '', 'waiting')).toMatchObject({ ending: null });
    await does.cancel(child?.id ?? '');
  });

  it('keeps a child that is not waited for, unless it is to end with its parent, even where that succeeds', async () => {
    const kept = await runWorkflow(server, await createWorkflow(server, [run('child', { wait: false })]));
    const id = (kept.output as { execution_id: string }).execution_id;
    const bound = await runWorkflow(
      server,
      await createWorkflow(
        server,
        [run('child', { wait: false, on_parent_end: 'cancel' }), nap('on', 0.3)],
        [edge('child', 'on')],
      ),
    );
    expect(bound.status).toBe('succeeded');
    expect(await endsOf(bound.id)).toEqual(['cancelled']);
    expect(await does.reaches(id, 'waiting')).toMatchObject({ ending: null, parent_execution_id: null });
    await does.cancel(id);
  });

  it('cancels a child that its step has waited for too long, and starts another on the next try', async () => {
    const limits = { timeout_seconds: 0.4, retry: { attempts: 2, initial_seconds: 0, retry_on: ['step_timeout'] } };
    const parent = await runWorkflow(server, await createWorkflow(server, [run('child', {}, limits)]));
    expect(parent).toMatchObject({ status: 'failed', error: { code: 'step_timeout', node: 'child' } });
    expect(stepsOf(parent).child?.attempts).toBe(2);
    expect(await endsOf(parent.id, 2)).toEqual(['cancelled', 'cancelled']);
  });

  it('cancels the children of one that is given up', async () => {
    const parent = await does.start(await createWorkflow(server, [run('child'), wait('for-ever')]));
    const [child] = await does.children(parent);
    await does.reaches(parent, 'waiting');
    // As if every worker that had it had died.
    await server.automate.db.query(
      `update jobs set state = 'running', lease_owner = 'gone', attempts = max_attempts where id = $1`,
      [parent],
    );
    await server.automate.db.query(
      `insert into job_leases (owner, job_id, tenant_id, kind) select 'gone', id, tenant_id, kind from jobs where id = $1`,
      [parent],
    );
    expect(await waitForExecution(server, parent)).toMatchObject({ status: 'failed', error: { code: 'worker_died' } });
    expect((await waitForExecution(server, child?.id ?? '')).status).toBe('cancelled');
  });
});

it('tells the children of one that failed when its worker dies in between', async () => {
  const database = await createTestDatabase('postgres');
  const token = 'a-token-that-only-tests-use-0123456789';
  const environment = { AUTOMATE_BOOTSTRAP_TOKEN: token, AUTOMATE_LEASE_SECONDS: '3' };
  const first = await startServerProcess(database, environment);
  try {
    const made = async (body: object) => (await first.call<{ id: string }>('POST', '/api/v1/workflows/', body)).body.id;
    await made({ name: 'Sleeper', slug: 'sleeper', graph: { nodes: [nap('nap', 600)] } });
    const child = { id: 'child', type: 'workflow.run', config: { workflow: 'sleeper' } };
    const body = { nodes: [child], edges: [] };
    const items = Array.from({ length: 30 }, (_, n) => n);
    const loop = { id: 'loop', type: 'flow.foreach', config: { items, concurrency: 30, body } };
    const parent = await made({ name: 'Parent', graph: { nodes: [loop] }, settings: { timeout_seconds: 6 } });
    const { body: started } = await first.call<{ execution_id: string }>('POST', `/api/v1/workflows/${parent}/run/`, {});
    const path = `/api/v1/executions/?parent_execution_id=${started.execution_id}&limit=100`;
    const list = async (from: typeof first) =>
      (await from.call<{ results: { status: string }[] }>('GET', path)).body.results.map(({ status }) => status);
    await eventually(
      () => list(first),
      (all) => all.filter((status) => status === 'waiting').length === 30,
    );
    const isEnded = async () =>
      (await first.call<{ status: string }>('GET', `/api/v1/executions/${started.execution_id}/`)).body.status === 'failed';
    await eventually(isEnded, Boolean);
    await first.kill();
    const second = await startServerProcess(database, environment);
    try {
      const ends = await eventually(
        () => list(second),
        (all) => all.every((status) => status === 'cancelled'),
      );
      expect(ends).toHaveLength(30);
    } finally {
      await second.stop();
    }
  } finally {
    await first.kill();
    await database.dispose();
  }
});
