import { percentile } from '../../bench/harness/figures.ts';
import { createLogger, loadSettings } from '../../packages/automate/src/kernel/index.ts';
import { createAutomate } from '../../packages/automate/src/server/index.ts';
import type { Reply } from '../../packages/automate/src/testing/index.ts';
import { type Experiment, experiment } from '../harness/experiment.ts';
import { startLoad } from '../harness/load.ts';
import { pause, type Scenario } from '../harness/scenario.ts';
import { graph } from '../harness/workload.ts';

const USUAL = 20;
/** Below this, how long something takes says more about the machine than about the other tenant. */
const FLOOR_MS = 500;

export const scenario: Scenario = {
  name: 'burst',
  injects: 'one tenant sends ten times its usual load for 20 s, while another sends as ever',
  passes: 'ingest p99 ≤ 1 s, or 429 or 503; the queue drains; the other tenant’s p95 at most doubles (or stays below 500 ms)',
  databases: ['postgres'],
  run: (options) =>
    experiment(options, async (given) => {
      const { fleet, sink, ledger, expect } = given;
      const seconds = options.isShort ? 4 : 20;
      await fleet.startServer();
      await fleet.startWorker();
      await fleet.startWorker();
      const mine = await given.createWorkflow(graph(sink.url));
      const other = await otherTenant(given);
      const latencies: number[] = [];
      const onAnswer = ({ status, milliseconds }: { status: number; milliseconds: number }) => {
        if (status === 202) latencies.push(milliseconds);
      };
      const usual = startLoad({ fleet, ledger, perSecond: USUAL, onAnswer });
      const before = await other.during(seconds);
      latencies.length = 0;
      const burst = startLoad({ fleet, ledger, perSecond: USUAL * 9, onAnswer });
      const meanwhile = await other.during(seconds);
      await Promise.all([burst.stop(), usual.stop()]);
      const drained = await given.drain(200);
      const answers = new Map([...usual.answers, ...burst.answers]);
      const refused = (answers.get(429) ?? 0) + (answers.get(503) ?? 0);
      const p99 = percentile(latencies, 0.99);
      const [usualP95, burstP95] = [before, meanwhile].map((window) => percentile(window, 0.95)) as [number, number];
      expect(p99 <= 1_000 || refused > 0, `ingest took ${p99} ms at p99 and nothing was refused`);
      expect(
        [...answers.keys()].every((status) => [202, 429, 503].includes(status)),
        `answers ${JSON.stringify([...answers])}`,
      );
      expect(burstP95 <= Math.max(2 * usualP95, FLOOR_MS), `the other tenant's p95 went from ${usualP95} to ${burstP95} ms`);
      return {
        figures: {
          ingest_p99_ms: p99,
          refused_requests: refused,
          other_usual_p95_ms: usualP95,
          other_burst_p95_ms: burstP95,
          drain_seconds: drained,
        },
        evidence: { workflowIds: [mine] },
      };
    }),
};

/** Another tenant, which starts one execution after the other; `during` resolves with the milliseconds each took from start to end. */
async function otherTenant({ database, fleet, db }: Experiment) {
  const settings = loadSettings({
    AUTOMATE_SECRET_KEY: 'a-key-that-only-tests-use-0123456789abcdef',
    AUTOMATE_LOG_LEVEL: 'error',
    ...database.environment,
  });
  const automate = await createAutomate({ settings, hasWorker: false, logger: createLogger({ level: 'error' }) });
  await automate.ready();
  const { id: tenantId } = await automate.ensureTenant('other');
  const { value } = await automate.apiKeys.create({ tenantId, name: 'other', scopes: ['*'], isStaff: false });
  await automate.close();
  async function call<Body>(path: string, body: object): Promise<Reply<Body>> {
    const response = await fetch(new URL(path, fleet.servers[0]?.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${value}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  }
  const node = { id: 'end', type: 'core.transform', config: { template: { done: true } } };
  const { body: workflow } = await call<{ id: string }>('/api/v1/workflows/', { name: 'Other', graph: { nodes: [node] } });
  return {
    async during(seconds: number): Promise<number[]> {
      const ids: string[] = [];
      for (const end = Date.now() + seconds * 1_000; Date.now() < end; await pause(200)) {
        const { status, body } = await call<{ execution_id: string }>(`/api/v1/workflows/${workflow.id}/run/`, { input: {} });
        if (status === 202) ids.push(body.execution_id);
      }
      for (;;) {
        const { rows } = await db.query<{ ms: number | null }>(
          `select (extract(epoch from finished_at - created_at) * 1000)::float8 as ms from executions where id = any($1)`,
          [ids],
        );
        if (rows.every(({ ms }) => ms !== null)) return rows.map(({ ms }) => ms as number);
        await pause(200);
      }
    },
  };
}
