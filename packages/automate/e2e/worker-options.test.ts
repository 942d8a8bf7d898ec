import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../src/db/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { steps } from './fixtures/worker-with-poison.ts';
import { createWorkflow, type Execution, eventually, waitForExecution } from './support/executions.ts';
import { sized } from './support/lanes.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { runCli, startWorkerProcess, type WorkerProcess } from './support/server-process.ts';
import { supervise } from './support/supervise.ts';

const fixture = fileURLToPath(new URL('./fixtures/worker-with-poison.ts', import.meta.url));
const log = { id: 'say', type: 'core.log', config: { message: 'done' } };
const graph = { nodes: [log], edges: [] };

/** The server only takes requests: workers are processes of their own. */
describe('workers', () => {
  let server: TestServer;
  let sink: ScriptedSink;
  let db: Db;
  const workers: WorkerProcess[] = [];

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer('postgres', {
      hasWorker: false,
      steps,
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host },
    });
    db = server.automate.db;
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await server?.close();
    await sink?.close();
  });

  async function start(args: readonly string[] = [], environment: Record<string, string> = {}): Promise<WorkerProcess> {
    const worker = await startWorkerProcess(server.database, {
      args,
      environment: { AUTOMATE_LEASE_SECONDS: '30', AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, ...environment },
    });
    workers.push(worker);
    return worker;
  }
  async function queue(id: string, input: object = {}): Promise<string> {
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input });
    return body.execution_id;
  }
  async function statesOf(ids: readonly string[]): Promise<string[]> {
    const { rows } = await db.query<{ state: string }>('select distinct state from automate.jobs where id = any($1)', [ids]);
    return rows.map(({ state }) => state).sort();
  }
  const until = (ids: readonly string[], state: string) =>
    eventually(
      () => statesOf(ids),
      (states) => states.join() === state,
    );

  describe('with lanes', () => {
    it('run the jobs of these tenants only, by slug or id', async () => {
      const acme = (await server.automate.ensureTenant('acme')).id;
      await server.automate.ensureTenant('globex');
      const queued: Record<string, string[]> = {};
      for (const tenant of ['acme', 'globex', 'default']) {
        await server.automate.define({ slug: 'lanes', name: 'Lanes', graph }, { tenant });
        const started = await Promise.all(Array.from({ length: 5 }, () => server.automate.run('lanes', {}, { tenant })));
        queued[tenant] = started.map(({ executionId }) => executionId);
      }
      const first = await start(['--lanes', acme]);
      await until(queued.acme ?? [], 'succeeded');
      expect(await statesOf([...(queued.globex ?? []), ...(queued.default ?? [])])).toEqual(['queued']);
      const second = await start([], { AUTOMATE_WORKER_LANES: 'globex, acme' });
      await until(queued.globex ?? [], 'succeeded');
      expect(await statesOf(queued.default ?? [])).toEqual(['queued']);
      expect(await Promise.all([first.stop(), second.stop()])).toEqual([0, 0]);
      const rest = await start(['--lanes', 'default', '--concurrency', '2']);
      await until(queued.default ?? [], 'succeeded');
      await rest.stop();
    });
  });

  describe('with kinds', () => {
    it('run these kinds of jobs only', async () => {
      const id = await createWorkflow(server, [log]);
      const executions = await Promise.all(Array.from({ length: 5 }, () => queue(id)));
      const { body } = await server.call<{ job_id: string }>('POST', '/api/v1/jobs/batch/', {
        action: 'redrive',
        filter: { kind: 'execution' },
      });
      const batches = await start(['--kinds', 'job_batch,execution_batch']);
      await until([body.job_id], 'succeeded');
      expect(await statesOf(executions)).toEqual(['queued']);
      const runs = await start(['--kinds', 'execution']);
      await until(executions, 'succeeded');
      await runs.stop();
      const { body: later } = await server.call<{ job_id: string }>('POST', '/api/v1/jobs/batch/', {
        action: 'redrive',
        filter: { kind: 'execution' },
      });
      await until([later.job_id], 'succeeded');
      await batches.stop();
    });
  });

  describe('with options that make no sense', () => {
    const environment = () => ({
      ...server.database.environment,
      AUTOMATE_SECRET_KEY: 'a-key-that-only-tests-use-0123456789abcdef',
      PORT: '0',
    });
    it.each([
      [['worker', '--kinds', 'execution,batch'], /"batch", which is no kind of job here; known are .*execution, execution_batch/],
      [['worker', '--lanes', 'default,nobody'], /"nobody", which is no slug or id of a tenant/],
      [['worker', '--lanes', '01890000-0000-7000-8000-000000000000'], /no slug or id of a tenant/],
      [['worker', '--concurrency', 'many'], /AUTOMATE_WORKER_CONCURRENCY/],
      [['serve', '--kinds', 'execution'], /add --with-worker/],
      [['serve', '--with-worker', '--kinds', 'nothing'], /"nothing", which is no kind of job/],
    ])('say what is wrong: %j', async (args, message) => {
      const { code, stderr } = await runCli(args, environment());
      expect(code).toBe(1);
      expect(stderr).toMatch(message);
    });
  });

  describe('on SIGTERM', () => {
    const call = (path: string) => ({
      id: 'call',
      type: 'http.request',
      config: { method: 'POST', url: `${sink.url}${path}`, timeout_seconds: 120 },
    });
    const callsOf = (path: string) => sink.calls.filter((each) => each.path === path);
    const called = (path: string, count: number) =>
      eventually(
        async () => callsOf(path).length,
        (now) => now === count,
      );

    it('finish the step in hand, and hand the execution on behind it', async () => {
      const id = await createWorkflow(
        server,
        [{ id: 'slow', type: 'test.slow', config: { ms: 6_000 } }, log],
        [{ source: 'slow', target: 'say' }],
      );
      const startHost = async () => {
        const environment = { AUTOMATE_SHUTDOWN_SECONDS: '20' };
        const worker = await startWorkerProcess(server.database, { environment, program: fixture });
        workers.push(worker);
        return worker;
      };
      const worker = await startHost();
      const execution = await queue(id);
      const look = async () => (await server.call<Execution>('GET', `/api/v1/executions/${execution}/`)).body;
      await eventually(look, ({ steps: [step] }) => step?.status === 'running');
      expect(await worker.stop()).toBe(0);
      const body = await look();
      expect(body.steps[0]).toMatchObject({ node: 'slow', status: 'succeeded', attempts: 1 });
      const next = await startHost();
      expect((await waitForExecution(server, execution)).status).toBe('succeeded');
      await next.stop();
    });

    it('give back what does not end in time, which another worker goes on with at once', async () => {
      const id = await createWorkflow(server, [call('/hang-drain')]);
      const first = await start([], { AUTOMATE_SHUTDOWN_SECONDS: '1' });
      await queue(id);
      await called('/hang-drain', 1);
      const second = await start();
      expect(await first.stop()).toBe(0);
      await called('/hang-drain', 2);
      expect(new Set(callsOf('/hang-drain').map(({ key }) => key)).size).toBe(1);
      second.process.kill('SIGKILL');
      await db.query(`update automate.jobs set state = 'cancelled', lease_owner = null where state = 'running'`);
    });

    it('end at once when told a second time', async () => {
      const id = await createWorkflow(server, [call('/hang-twice')]);
      const worker = await start([], { AUTOMATE_SHUTDOWN_SECONDS: '600' });
      await queue(id);
      await called('/hang-twice', 1);
      worker.process.kill('SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(worker.process.exitCode).toBeNull();
      worker.process.kill('SIGTERM');
      expect(await worker.ended).toBe(143);
      await db.query(`update automate.jobs set state = 'cancelled', lease_owner = null where state = 'running'`);
    });
  });

  describe.each(sized(['kill'], ['abort', 'kill']))('whose process a step ends by %s', (how) => {
    it('let it become a dead letter, and finish everything else', async () => {
      const claims = 5;
      const slow = await createWorkflow(server, [{ id: 'slow', type: 'test.slow', config: { ms: 100 } }]);
      const poison = await createWorkflow(server, [{ id: 'die', type: 'test.die', config: { how } }]);
      const before = await Promise.all(Array.from({ length: 10 }, () => queue(slow)));
      const deadly = await queue(poison);
      const after = await Promise.all(Array.from({ length: 10 }, () => queue(slow)));
      const all = [...before, deadly, ...after];
      await db.query('update automate.jobs set max_attempts = $2 where id = any($1)', [all, claims]);
      const supervisor = supervise(() =>
        startWorkerProcess(server.database, { environment: { AUTOMATE_LEASE_SECONDS: '1' }, program: fixture }),
      );
      try {
        await eventually(
          () => statesOf(all),
          (states) => states.join() === 'failed,succeeded',
          150_000,
        );
      } finally {
        await supervisor.stop();
      }
      const ended = await waitForExecution(server, deadly);
      expect(ended).toMatchObject({ status: 'failed', error: { code: 'worker_died' } });
      const { body: job } = await server.call<{ state: string; attempts: number }>('GET', `/api/v1/jobs/${deadly}/`);
      expect(job).toMatchObject({ state: 'failed', attempts: claims });
      expect(supervisor.starts()).toBeGreaterThan(claims);
      expect(await statesOf([...before, ...after])).toEqual(['succeeded']);
    });
  });
});

describe.each(databaseKinds)('a server with a worker on %s', (kind) => {
  it('takes the options of the worker too', async () => {
    const environment = { AUTOMATE_WORKER_KINDS: 'execution', AUTOMATE_WORKER_LANES: 'default' };
    // The tenant is made at the first start, before the worker starts.
    const server = await createTestServer(kind, { environment });
    const id = await createWorkflow(server, [log]);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input: {} });
    expect((await waitForExecution(server, body.execution_id)).status).toBe('succeeded');
    await server.close();
  });
});
