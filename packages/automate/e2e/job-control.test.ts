import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enqueue, type JobContext, type JobHandler } from '../src/jobs/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, stepsOf, waitForExecution } from './support/executions.ts';
import { loseJob } from './support/lost-job.ts';
import { withContract } from './support/openapi.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { createTenant } from './support/tenants.ts';

type Job = {
  id: string;
  state: string;
  attempts: number;
  progress: unknown;
  error: { code: string } | null;
  finished_at: string | null;
};

describe.each(databaseKinds)('control of jobs on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;
  let tenantId: string;
  const aborted: string[] = [];

  /** Runs until it is told to end, and says how far it is. */
  const endless: JobHandler = {
    kind: 'endless',
    async run(job, context: JobContext) {
      for (let done = 1; !context.signal.aborted; done += 1) {
        context.progress({ done, total: 1_000 });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      aborted.push(job.id);
      return { type: 'succeeded' };
    },
  };
  const counting: JobHandler = {
    kind: 'counting',
    async run(_job, context) {
      for (let done = 1; done <= 3; done += 1) {
        context.progress({ done, total: 3 });
        await new Promise((resolve) => setTimeout(resolve, 700));
      }
      return { type: 'succeeded' };
    },
  };

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await withContract(
      await createTestServer(kind, {
        jobs: [endless, counting],
        environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, AUTOMATE_LEASE_SECONDS: '3' },
      }),
    );
    const { rows } = await server.automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    tenantId = rows[0]?.id ?? '';
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  const add = async (jobKind: string, more: object = {}): Promise<string> => {
    const [id = ''] = await enqueue(server.automate.db, [{ tenantId, kind: jobKind, traceId: 'trace', ...more }]);
    server.automate.jobs.announce();
    return id;
  };
  const show = async (id: string) => (await server.call<Job>('GET', `/api/v1/jobs/${id}/`)).body;
  const post = (id: string, action: string) => server.call<Job & { code: string }>('POST', `/api/v1/jobs/${id}/${action}/`);
  const until = (id: string, state: string) =>
    eventually(
      () => show(id),
      (job) => job.state === state,
    );

  it('cancels at once what no worker has, and lets the next into its slot', async () => {
    const slot = { name: `slot-${kind}`, capacity: 1 };
    const first = await add('nobody', { slot, runAt: new Date(Date.now() + 3_600_000) });
    const second = await add('nobody', { slot });
    const third = await add('nobody', { slot });
    expect([(await show(first)).state, (await show(second)).state, (await show(third)).state]).toEqual([
      'scheduled',
      'blocked',
      'blocked',
    ]);
    expect(await post(third, 'cancel')).toMatchObject({ status: 202, body: { state: 'cancelled' } });
    expect((await post(first, 'cancel')).body).toMatchObject({ state: 'cancelled', finished_at: expect.any(String) });
    expect((await show(second)).state).toBe('queued');
    expect((await post(second, 'cancel')).body.state).toBe('cancelled');
    expect(await post(second, 'cancel')).toMatchObject({ status: 409, body: { code: 'job_ended' } });
  });

  it('stops a running job within a moment', async () => {
    const id = await add('endless');
    await eventually(
      () => show(id),
      (job) => job.state === 'running' && job.progress !== null,
    );
    const asked = Date.now();
    expect((await post(id, 'cancel')).status).toBe(202);
    await until(id, 'cancelled');
    expect(aborted).toContain(id);
    expect(Date.now() - asked).toBeLessThan(2_500);
    expect((await show(id)).progress).toMatchObject({ total: 1_000 });
  });

  it('ends a cancelled job whose worker died', async () => {
    const id = await add('nobody');
    await loseJob(server.automate.db, id, { isLast: false, leaseSeconds: 1 });
    expect((await post(id, 'cancel')).body.state).toBe('running');
    await until(id, 'cancelled');
  });

  it('cancels an execution by its job', async () => {
    const workflow = await createWorkflow(server, [
      { id: 'call', type: 'http.request', config: { method: 'GET', url: `${sink.url}/hang-${kind}` } },
    ]);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, {});
    await eventually(async () => sink.calls.some(({ path }) => path === `/hang-${kind}`), Boolean);
    expect((await post(body.execution_id, 'cancel')).status).toBe(202);
    expect((await waitForExecution(server, body.execution_id)).status).toBe('cancelled');
    expect(await sink.wasAborted(`/hang-${kind}`)).toBe(true);
    expect((await until(body.execution_id, 'cancelled')).error).toBeNull();
    expect((await post(body.execution_id, 'cancel')).body.code).toBe('job_ended');
  });

  it('streams state and progress until the job has ended, and goes on where a client was', async () => {
    const id = await add('counting');
    const read = async (headers = {}) => {
      const reply = await server.call<string>('GET', `/api/v1/jobs/${id}/events/`, undefined, headers);
      return [...reply.body.matchAll(/id: (.+)\nevent: job\ndata: (.+)\n/g)].map(([, key, data]) => ({
        key: key ?? '',
        job: JSON.parse(data ?? '') as Job,
      }));
    };
    const seen = await read();
    expect(seen.at(-1)?.job).toMatchObject({ id, state: 'succeeded', progress: { done: 3, total: 3 } });
    expect(seen.filter(({ job }) => job.state === 'running').length).toBeGreaterThanOrEqual(2);
    const numbers = seen.map(({ key }) => Number(key));
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(await read({ 'last-event-id': seen.at(-1)?.key ?? '' })).toEqual([]);
    expect((await read({ 'last-event-id': seen[0]?.key ?? '' })).map(({ key }) => key)).toEqual([seen.at(-1)?.key]);
  });

  it('tries a dead letter again: it goes on behind its last stored step', async () => {
    const workflow = await createWorkflow(
      server,
      [
        { id: 'call', type: 'http.request', config: { method: 'POST', url: `${sink.url}/once-${kind}` } },
        { id: 'nap', type: 'core.sleep', config: { seconds: 3 } },
      ],
      [{ source: 'call', target: 'nap' }],
    );
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, {});
    const id = body.execution_id;
    await until(id, 'scheduled');
    expect(await post(id, 'redrive')).toMatchObject({ status: 409, body: { code: 'job_not_dead' } });
    await loseJob(server.automate.db, id);
    expect(await waitForExecution(server, id)).toMatchObject({ status: 'failed', error: { code: 'worker_died' } });
    expect(await show(id)).toMatchObject({ state: 'failed', error: { code: 'worker_died' } });
    const other = await createTenant(server, `other-${kind}`);
    expect((await other.call('POST', `/api/v1/jobs/${id}/redrive/`)).status).toBe(404);
    expect((await other.call('POST', `/api/v1/jobs/${id}/cancel/`)).status).toBe(404);

    expect(await post(id, 'redrive')).toMatchObject({ status: 202, body: { id, error: null, finished_at: null } });
    const execution = await waitForExecution(server, id);
    expect(execution).toMatchObject({ id, status: 'succeeded', error: null });
    expect(stepsOf(execution).call?.status).toBe('succeeded');
    expect(sink.calls.filter(({ path }) => path === `/once-${kind}`)).toHaveLength(1);
  });

  it('tells the execution that waits for one that was given up', async () => {
    const slug = `given-up-${kind}`;
    await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 600 } }], [], { slug });
    const parent = await createWorkflow(server, [{ id: 'run', type: 'workflow.run', config: { workflow: slug } }]);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${parent}/run/`, {});
    await until(body.execution_id, 'scheduled');
    const { rows } = await server.automate.db.query<{ id: string }>('select id from executions where parent_execution_id = $1', [
      body.execution_id,
    ]);
    const child = rows[0]?.id ?? '';
    await until(child, 'scheduled');
    await loseJob(server.automate.db, child);
    expect(await waitForExecution(server, body.execution_id)).toMatchObject({ status: 'failed' });
    expect(await show(child)).toMatchObject({ state: 'failed', error: { code: 'worker_died' } });
  });
});
