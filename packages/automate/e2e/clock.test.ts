import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, stepsOf, waitForExecution } from './support/executions.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { startWorkerProcess, type WorkerProcess } from './support/server-process.ts';

const HOUR = 3_600_000;
const wrongClock = fileURLToPath(new URL('./fixtures/wrong-clock.ts', import.meta.url));

/** The embedded database has the clock of its process, so there is nothing to be told apart from it. */
describe('workers whose clocks are wrong, on postgres', () => {
  let server: TestServer;
  let sink: ScriptedSink;

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer('postgres', { hasWorker: false, environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host } });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  const workflow = () =>
    createWorkflow(
      server,
      [
        { id: 'nap', type: 'core.sleep', config: { seconds: 1.5 } },
        {
          id: 'retried',
          type: 'http.request',
          config: { method: 'POST', url: `${sink.url}/503` },
          retry: { attempts: 2, initial_seconds: 1, jitter: false },
          on_error: 'continue',
        },
        { id: 'asked', type: 'core.wait_for_signal', config: { name: 'never', timeout_seconds: 1 } },
        { id: 'until', type: 'core.sleep', config: { until: '{{ event.payload.until }}' } },
      ],
      [
        { source: 'nap', target: 'retried' },
        { source: 'retried', target: 'asked' },
        { source: 'asked', target: 'until', condition: 'timeout' },
      ],
      { settings: { timeout_seconds: 1_800 } },
    );

  it.each([
    ['an hour ahead', [HOUR]],
    ['an hour behind', [-HOUR]],
    ['both', [HOUR, -HOUR]],
  ])('pause as long as they should: %s', async (_name, offsets) => {
    const workers: WorkerProcess[] = [];
    for (const offset of offsets)
      workers.push(
        await startWorkerProcess(server.database, {
          environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, TEST_CLOCK_OFFSET_MS: String(offset) },
          nodeOptions: ['--import', wrongClock],
        }),
      );
    try {
      const id = await workflow();
      const until = new Date(Date.now() + 6_000).toISOString();
      const started = await Promise.all(
        Array.from({ length: 10 }, () =>
          server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input: { until } }),
        ),
      );
      for (const { body } of started) {
        const execution = await waitForExecution(server, body.execution_id, 40_000);
        expect(execution.status).toBe('succeeded');
        expect(lastingOf(execution, 'nap')).toBeGreaterThanOrEqual(1_500);
        expect(lastingOf(execution, 'retried')).toBeGreaterThanOrEqual(1_000);
        expect(lastingOf(execution, 'asked')).toBeGreaterThanOrEqual(1_000);
        expect(stepsOf(execution).asked).toMatchObject({ route: 'timeout' });
        // What a worker notes is of the same clock as what the database notes.
        const [end, finished] = [stepsOf(execution).until?.finished_at, execution.finished_at].map((time) =>
          Date.parse(time ?? ''),
        );
        expect(Number(end)).toBeGreaterThanOrEqual(Date.parse(until));
        expect(Math.abs(Number(finished) - Number(end))).toBeLessThan(HOUR / 2);
      }
      // A worker that takes what is due for early gives it back at once, and is handed it again.
      const { rows } = await server.automate.db.query<{ claims: number }>(
        'select max(epoch)::int as claims from automate.jobs where id = any($1)',
        [started.map(({ body }) => body.execution_id)],
      );
      expect(rows[0]?.claims).toBeLessThanOrEqual(10);
    } finally {
      await Promise.all(workers.map((worker) => worker.kill()));
    }
  });
});

function lastingOf(execution: Execution, node: string): number {
  const { started_at, finished_at } = stepsOf(execution)[node] ?? {};
  return Date.parse(finished_at ?? '') - Date.parse(started_at ?? '');
}
