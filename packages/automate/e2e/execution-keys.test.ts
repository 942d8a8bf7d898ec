import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, waitForExecution } from './support/executions.ts';
import { edge, nap, wait } from './support/graphs.ts';
import { withContract } from './support/openapi.ts';
import { createTenant, keyOf } from './support/tenants.ts';

interface Started {
  readonly execution_id: string;
  readonly workflow_version: number;
  readonly status: string;
  readonly signal_id?: string;
  readonly code?: string;
  readonly detail?: string;
}

const NAP = [{ id: 'nap', type: 'core.sleep', config: { seconds: 60 } }];
const ECHO = [{ id: 'echo', type: 'core.transform', config: { template: { n: '{{ event.payload.n }}' } } }];
const WAIT = [{ id: 'wait', type: 'core.wait_for_signal', config: { name: 'go' } }];

describe.each(databaseKinds)('keys of executions on %s', (kind) => {
  let server: TestServer;
  let serial = 0;

  beforeAll(async () => {
    server = await withContract(await createTestServer(kind));
  });
  afterAll(() => server?.close());

  const workflow = (nodes: object[]) => createWorkflow(server, nodes as never, [], { slug: `keys-${kind}-${++serial}` });
  const run = (id: string, body: object) => server.call<Started>('POST', `/api/v1/workflows/${id}/run/`, body);
  const signal = (id: string, body: object) => server.call<Started>('POST', `/api/v1/workflows/${id}/signal-with-start/`, body);
  const get = async (id: string) => (await server.call<Execution>('GET', `/api/v1/executions/${id}/`)).body;
  const executionsOf = async (id: string) =>
    (await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow_id=${id}&ordering=id`)).body.results;

  it('runs once for an idempotency key, whoever is faster', async () => {
    const id = await workflow(ECHO);
    const replies = await Promise.all(Array.from({ length: 8 }, (_, n) => run(id, { idempotency_key: 'order 1', input: { n } })));
    expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(202));
    expect(new Set(replies.map(({ body }) => body.execution_id)).size).toBe(1);
    expect(replies.map(({ body }) => body.status).sort()).toEqual([...Array(7).fill('duplicate'), 'started']);
    const other = await run(id, { idempotency_key: 'order 2' });
    expect(other.body.status).toBe('started');
    expect(await executionsOf(id)).toHaveLength(2);
  });

  it('tells the version of the execution that has the key', async () => {
    const id = await workflow(ECHO);
    await run(id, { idempotency_key: 'k', input: { n: 1 } });
    await server.call('PUT', `/api/v1/workflows/${id}/`, { name: 'Test', graph: { nodes: ECHO, edges: [] } });
    expect((await run(id, { idempotency_key: 'k' })).body).toMatchObject({ status: 'duplicate', workflow_version: 1 });
  });

  it('keeps keys of runs apart from those that settings make of events', async () => {
    const type = `keys.test${++serial}`;
    const id = await createWorkflow(server, ECHO, [], {
      triggers: [{ type: 'event', event_type: type }],
      settings: { idempotency_key: '{{ event.payload.key }}' },
    });
    await server.call('POST', '/api/v1/events/', { event_type: type, payload: { key: 'run a', n: 1 } });
    await eventually(
      () => executionsOf(id),
      (rows) => rows.length === 1,
    );
    expect((await run(id, { idempotency_key: 'a', input: { key: 'a', n: 2 } })).body.status).toBe('started');
    expect((await run(id, { idempotency_key: 'run a', input: { key: 'a', n: 3 } })).body.status).toBe('started');
    expect(await executionsOf(id)).toHaveLength(3);
  });

  it('refuses, returns, or cancels the execution that has a key', async () => {
    const id = await workflow(NAP);
    const first = await run(id, { execution_key: 'customer 7' });
    expect(first.body.status).toBe('started');
    expect(await get(first.body.execution_id)).toMatchObject({ execution_key: 'customer 7' });
    const refused = await run(id, { execution_key: 'customer 7' });
    expect([refused.status, refused.body.code]).toEqual([409, 'execution_exists']);
    expect(refused.body.detail).toContain(first.body.execution_id);
    const returned = await run(id, { execution_key: 'customer 7', on_conflict: 'return' });
    expect(returned.body).toMatchObject({ status: 'existing', execution_id: first.body.execution_id });
    const second = await run(id, { execution_key: 'customer 7', on_conflict: 'cancel_existing' });
    expect(second.body.status).toBe('started');
    expect((await waitForExecution(server, first.body.execution_id)).status).toBe('cancelled');
    const [found] = (
      await server.call<{ results: Execution[] }>(
        'GET',
        `/api/v1/executions/?execution_key=customer%207&workflow_id=${id}&limit=1`,
      )
    ).body.results;
    expect(found?.id).toBe(second.body.execution_id);
    await server.call('POST', `/api/v1/executions/${second.body.execution_id}/cancel/`);
  });

  it('keeps a key until it is taken over, also when its execution has ended', async () => {
    const id = await workflow(ECHO);
    const first = await run(id, { execution_key: 'k', input: { n: 1 } });
    await waitForExecution(server, first.body.execution_id);
    expect((await run(id, { execution_key: 'k' })).status).toBe(409);
    expect((await run(id, { execution_key: 'k', on_conflict: 'return' })).body.execution_id).toBe(first.body.execution_id);
    const next = await run(id, { execution_key: 'k', on_conflict: 'cancel_existing', input: { n: 2 } });
    expect(next.body.status).toBe('started');
    expect((await get(first.body.execution_id)).status, 'what has ended stays').toBe('succeeded');
  });

  it('starts one of many that want the same key at once', async () => {
    const id = await workflow(NAP);
    const replies = await Promise.all(Array.from({ length: 8 }, () => run(id, { execution_key: 'k', on_conflict: 'return' })));
    expect(new Set(replies.map(({ body }) => body.execution_id)).size).toBe(1);
    const changed = await Promise.all(
      Array.from({ length: 6 }, () => run(id, { execution_key: 'k', on_conflict: 'cancel_existing' })),
    );
    expect(changed.map(({ status }) => status)).toEqual(Array(6).fill(202));
    const open = await eventually(
      async () => (await executionsOf(id)).filter(({ finished_at }) => finished_at === null),
      (rows) => rows.length === 1,
    );
    expect(changed.map(({ body }) => body.execution_id)).toContain(open[0]?.id);
    await server.call('POST', `/api/v1/executions/${open[0]?.id}/cancel/`);
  });

  it('refuses a policy of conflicts without a key, and keys that are none', async () => {
    const id = await workflow(ECHO);
    expect((await run(id, { on_conflict: 'return' })).status).toBe(400);
    for (const key of ['', 'x'.repeat(201), 7, null, '\u0000'])
      expect((await run(id, { execution_key: key })).status, JSON.stringify(key)).toBe(400);
  });

  it('signals an execution, and starts it first where none is open', async () => {
    const id = await workflow(WAIT);
    const body = { execution_key: 'cart 1', signal: { name: 'go', data: { n: 1 } }, input: { a: 1 } };
    const started = await signal(id, body);
    expect(started.status, JSON.stringify(started.body)).toBe(202);
    expect(started.body.status).toBe('started');
    expect((await waitForExecution(server, started.body.execution_id)).output).toEqual({ n: 1 });
    const again = await signal(id, body);
    expect(again.body.status, 'the first has ended').toBe('started');
    expect(again.body.execution_id).not.toBe(started.body.execution_id);
    const waiting = await run(id, { execution_key: 'cart 2' });
    const told = await signal(id, { ...body, execution_key: 'cart 2', signal: { name: 'go', data: { n: 2 } } });
    expect(told.body).toMatchObject({ status: 'existing', execution_id: waiting.body.execution_id });
    expect((await waitForExecution(server, waiting.body.execution_id)).output).toEqual({ n: 2 });
  });

  it('starts nothing for a signal that nobody expects, or whose data does not fit', async () => {
    const id = await workflow([
      {
        id: 'wait',
        type: 'core.wait_for_signal',
        config: { name: 'go', schema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } },
      },
    ]);
    const wrong = await signal(id, { execution_key: 'k', signal: { name: 'stop' } });
    expect([wrong.status, wrong.body.code]).toEqual([409, 'signal_not_expected']);
    const misfit = await signal(id, { execution_key: 'k', signal: { name: 'go', data: {} } });
    expect(misfit.status).toBe(400);
    expect(JSON.stringify(misfit.body)).toContain('/signal/data');
    expect(await executionsOf(id)).toEqual([]);
    expect((await run(id, { execution_key: 'k' })).body.status, 'the key is free').toBe('started');
  });

  it('starts one of many that are signalled at once, and loses no signal', async () => {
    const nodes = [wait('first', 'go'), wait('second', 'go'), wait('third', 'go'), nap('rest', 60)];
    const edges = [edge('first', 'second'), edge('second', 'third'), edge('third', 'rest')];
    const id = await createWorkflow(server, nodes, edges, { slug: `keys-${kind}-${++serial}` });
    const replies = await Promise.all(
      Array.from({ length: 5 }, async (_, n) => ({
        n,
        ...(await signal(id, { execution_key: 'k', signal: { name: 'go', data: { n } } })),
      })),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([202, 202, 202, 409, 409]);
    const rows = await executionsOf(id);
    expect(rows).toHaveLength(1);
    const { steps } = await eventually(
      () => get(rows[0]?.id ?? ''),
      (execution) => execution.steps.some(({ node }) => node === 'rest'),
    );
    const heard = steps.filter(({ node }) => node !== 'rest').map(({ output }) => (output as { n: number }).n);
    expect(heard.toSorted()).toEqual(replies.flatMap(({ status, n }) => (status === 202 ? n : [])));
    await server.call('POST', `/api/v1/executions/${rows[0]?.id}/cancel/`);
  });

  it('keeps the keys of a tenant, and of a workflow, to themselves', async () => {
    const id = await workflow(NAP);
    const mine = await run(id, { execution_key: 'same', idempotency_key: 'same' });
    const other = await createTenant(server, `keys-${kind}`);
    const graph = { nodes: NAP, edges: [] };
    const theirs = (await other.call<{ id: string }>('POST', '/api/v1/workflows/', { name: 'W', graph })).body.id;
    const started = await other.call<Started>('POST', `/api/v1/workflows/${theirs}/run/`, {
      execution_key: 'same',
      idempotency_key: 'same',
    });
    expect(started.body.status).toBe('started');
    expect(started.body.execution_id).not.toBe(mine.body.execution_id);
    const foreign = { execution_key: 'same', on_conflict: 'cancel_existing' };
    expect((await other.call('POST', `/api/v1/workflows/${id}/run/`, foreign)).status).toBe(404);
    const signalled = { execution_key: 'same', signal: { name: 'go' } };
    expect((await other.call('POST', `/api/v1/workflows/${id}/signal-with-start/`, signalled)).status).toBe(404);
    expect((await get(mine.body.execution_id)).status).not.toBe('cancelled');
    expect((await run(await workflow(NAP), { execution_key: 'same' })).body.status, 'of another workflow').toBe('started');
  });

  it('takes the scopes of both to signal and start', async () => {
    const { id: tenantId, call } = await createTenant(server, `scopes-${kind}`);
    const graph = { nodes: WAIT, edges: [] };
    const { id } = (await call<{ id: string }>('POST', '/api/v1/workflows/', { name: 'W', graph })).body;
    const ask = async (scopes: string[]) => {
      const key = await keyOf(server, { tenantId, name: scopes.join(' '), isStaff: false, scopes });
      const body = { execution_key: 'k', signal: { name: 'go' } };
      return (await key.ask('POST', `/api/v1/workflows/${id}/signal-with-start/`, body)).status;
    };
    expect(await ask(['workflows:run'])).toBe(403);
    expect(await ask(['executions:write'])).toBe(403);
    expect(await ask(['workflows:run', 'executions:write'])).toBe(202);
  });

  it('does the same for code of the host', async () => {
    const slug = `keys-${kind}-${serial + 1}`;
    const id = await workflow(NAP);
    const { automate } = server;
    const first = await automate.run(slug, {}, { executionKey: 'host' });
    await expect(automate.run(slug, {}, { executionKey: 'host' })).rejects.toMatchObject({ code: 'execution_exists' });
    expect(await automate.run(slug, {}, { executionKey: 'host', onConflict: 'return' })).toEqual(first);
    const second = await automate.run(slug, {}, { executionKey: 'host', onConflict: 'cancel_existing' });
    expect((await waitForExecution(server, first.executionId)).status).toBe('cancelled');
    await server.call('POST', `/api/v1/executions/${second.executionId}/cancel/`);
    expect(await executionsOf(id)).toHaveLength(2);
  });
});
