import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enqueue, type JobHandler } from '../src/jobs/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, waitForExecution } from './support/executions.ts';
import { withContract } from './support/openapi.ts';
import { createTenant } from './support/tenants.ts';

type Progress = { total: number; done: number; failed: number; failures?: { id: string; code: string; message: string }[] };
type Job = { id: string; state: string; progress: Progress };
const COUNT = 130;

describe.each(databaseKinds)('batches on %s', (kind) => {
  let server: TestServer;
  let tenantId: string;
  let succeeding: string[];
  const redriven: string[] = [];

  const flaky: JobHandler = {
    kind: 'flaky',
    run: async () => ({ type: 'succeeded' }),
    onRedrive: async (_transaction, ids) => void redriven.push(...ids),
  };

  beforeAll(async () => {
    server = await withContract(await createTestServer(kind, { jobs: [flaky], environment: { AUTOMATE_LEASE_SECONDS: '3' } }));
    const { rows } = await server.automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    tenantId = rows[0]?.id ?? '';
  });
  afterAll(() => server?.close());

  const start = async (what: 'executions' | 'jobs', body: object): Promise<Job> => {
    const reply = await server.call<{ job_id: string }>('POST', `/api/v1/${what}/batch/`, body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(202);
    return (await server.call<Job>('GET', `/api/v1/jobs/${reply.body.job_id}/`)).body;
  };
  const end = ({ id }: Pick<Job, 'id'>) =>
    eventually(
      async () => (await server.call<Job>('GET', `/api/v1/jobs/${id}/`)).body,
      ({ state }) => ['succeeded', 'failed', 'cancelled'].includes(state),
      60_000,
    );
  const count = async (query: string) =>
    (await server.call<{ count: number }>('GET', `/api/v1/executions/?count=true&limit=1&${query}`)).body.count;
  async function run(workflow: string, times: number): Promise<string[]> {
    const replies = await Promise.all(
      Array.from({ length: times }, (_, n) =>
        server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, { input: { n } }),
      ),
    );
    return replies.map(({ body }) => body.execution_id);
  }

  it('replays all that match, each once, in pages', async () => {
    const workflow = await createWorkflow(server, [
      { id: 'check', type: 'core.transform', config: { template: { n: '{{ event.payload.n }}' } } },
    ]);
    succeeding = await run(workflow, COUNT);
    await eventually(
      () => count(`workflow_id=${workflow}&status=succeeded`),
      (found) => found === COUNT,
      60_000,
    );
    const job = await end(await start('executions', { action: 'replay', filter: { workflow_id: workflow } }));
    expect(job).toMatchObject({ state: 'succeeded', progress: { total: COUNT, done: COUNT, failed: 0 } });
    const { rows } = await server.automate.db.query<{ originals: number; replays: number }>(
      'select count(distinct replay_of)::int as originals, count(*)::int as replays from executions where workflow_id = $1 and replay_of is not null',
      [workflow],
    );
    expect(rows[0]).toEqual({ originals: COUNT, replays: COUNT });
  });

  it('goes on behind the last page after a crash, and does nothing twice', async () => {
    const ids = succeeding.toSorted();
    // As it stands when a worker dies between two pages.
    const payload = {
      action: 'replay',
      filter: { ids },
      from: 'start',
      actor: { tenantId, id: 'test', mayPublish: true },
      state: { after: ids[99] ?? '', total: COUNT, done: 99, failed: 1 },
    };
    const [id = ''] = await enqueue(server.automate.db, [{ tenantId, kind: 'execution_batch', traceId: 'trace', payload }]);
    server.automate.announce();
    expect(await end({ id })).toMatchObject({ state: 'succeeded', progress: { total: COUNT, done: COUNT - 1, failed: 1 } });
    const { rows } = await server.automate.db.query<{ twice: number }>(
      'select count(*)::int as twice from (select from executions where replay_of = any($1) group by replay_of having count(*) > 1) as found',
      [ids],
    );
    expect(rows[0]?.twice).toBe(COUNT - 100);
  });

  it('replays from the step that failed, and counts what cannot be', async () => {
    const workflow = await createWorkflow(
      server,
      [
        { id: 'first', type: 'core.log', config: { message: 'first' } },
        { id: 'bad', type: 'core.transform', config: { template: { a: '{{ event.payload.nothing.here }}' } } },
      ],
      [{ source: 'first', target: 'bad' }],
    );
    const [failing = ''] = await run(workflow, 1);
    expect((await waitForExecution(server, failing)).status).toBe('failed');
    const stranger = await createTenant(server, `stranger-${kind}`);
    const made = await stranger.call<{ id: string }>('POST', '/api/v1/workflows/', {
      name: 'Foreign',
      graph: { nodes: [{ id: 'a', type: 'core.log', config: { message: 'a' } }] },
    });
    const foreign = await stranger.call<{ execution_id: string }>('POST', `/api/v1/workflows/${made.body.id}/run/`, {});
    const ids = [failing, succeeding[0], foreign.body.execution_id];
    const job = await end(await start('executions', { action: 'replay', filter: { ids }, from: 'failed_step' }));
    expect(job.progress).toMatchObject({ total: 3, done: 1, failed: 2 });
    const { failures = [] } = job.progress;
    expect(new Map(failures.map(({ id, code }) => [id, code]))).toEqual(
      new Map([
        [succeeding[0], 'no_failed_step'],
        [foreign.body.execution_id, 'not_found'],
      ]),
    );
    const { body } = await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?replay_of=${failing}`);
    expect(body.results).toHaveLength(1);
    expect((await stranger.call('GET', `/api/v1/jobs/${job.id}/`)).status).toBe(404);
  });

  it('cancels many', async () => {
    const workflow = await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 3_600 } }]);
    await run(workflow, 12);
    await eventually(
      () => count(`workflow_id=${workflow}&status=waiting`),
      (found) => found === 12,
    );
    const job = await end(await start('executions', { action: 'cancel', filter: { workflow_id: workflow, status: 'waiting' } }));
    expect(job.progress).toEqual({ total: 12, done: 12, failed: 0 });
    await eventually(
      () => count(`workflow_id=${workflow}&status=cancelled`),
      (found) => found === 12,
    );
  });

  it('tries dead letters again', async () => {
    const ids = await enqueue(
      server.automate.db,
      Array.from({ length: 3 }, () => ({ tenantId, kind: 'flaky', traceId: 'trace', runAt: new Date(Date.now() + 3_600_000) })),
    );
    await server.automate.db.query(`update jobs set state = 'failed', attempts = 10, finished_at = now() where id = any($1)`, [
      ids,
    ]);
    const job = await end(await start('jobs', { action: 'redrive', filter: { kind: 'flaky' } }));
    expect(job.progress).toEqual({ total: 3, done: 3, failed: 0 });
    expect(redriven.toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect((await end({ id })).state).toBe('succeeded');
  });

  it('refuses what says nothing', async () => {
    for (const [what, body] of [
      ['executions', { action: 'cancel', filter: {} }],
      ['executions', { action: 'cancel', filter: { status: 'waiting' }, from: 'start' }],
      ['executions', { action: 'delete', filter: { status: 'waiting' } }],
      ['jobs', { action: 'redrive', filter: {} }],
    ] as const)
      expect((await server.call('POST', `/api/v1/${what}/batch/`, body)).status, JSON.stringify(body)).toBe(400);
  });

  it('finds executions by what went in', async () => {
    const workflow = await createWorkflow(server, [{ id: 'a', type: 'core.log', config: { message: 'a' } }]);
    const ids = await run(workflow, 3);
    const find = (query: Record<string, string>) =>
      server.call<{ results: Execution[]; code?: string; errors?: { pointer: string }[] }>(
        'GET',
        `/api/v1/executions/?${new URLSearchParams(query)}`,
      );
    const input = JSON.stringify({ n: 1 });
    expect((await find({ input, workflow_id: workflow })).body.results.map(({ id }) => id)).toEqual([ids[1]]);
    const created_after = new Date(Date.now() - 86_400_000).toISOString();
    expect((await find({ input, created_after })).body.results.length).toBeGreaterThan(1);
    const old = new Date(Date.now() - 40 * 86_400_000).toISOString();
    for (const query of [{ input }, { input, created_after: old }, { input: 'no json', workflow_id: workflow }]) {
      const { status, body } = await find(query);
      expect([status, body.errors?.[0]?.pointer]).toEqual([400, '/query/input']);
    }
    const bounded = { input, created_after: old, created_before: new Date(Date.now() - 20 * 86_400_000).toISOString() };
    expect((await find(bounded)).body.results).toEqual([]);
  });

  it('pauses and resumes the triggers', async () => {
    const workflow = await createWorkflow(server, [{ id: 'a', type: 'core.log', config: { message: 'a' } }]);
    for (const [action, isLive] of [
      ['pause', false],
      ['resume', true],
    ] as const) {
      const reply = await server.call<{ is_live: boolean }>('POST', `/api/v1/workflows/${workflow}/${action}/`);
      expect([reply.status, reply.body.is_live]).toEqual([200, isLive]);
    }
  });
});
