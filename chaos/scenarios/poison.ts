import { fileURLToPath } from 'node:url';
import { enqueue } from '../../packages/automate/src/jobs/index.ts';
import { type Experiment, experiment } from '../harness/experiment.ts';
import { startLoad } from '../harness/load.ts';
import { POISON_JOB } from '../harness/poison.ts';
import { pause, type Scenario } from '../harness/scenario.ts';
import { graph } from '../harness/workload.ts';

/** What an execution may be claimed without progress. */
const CLAIMS = 20;
const JOB_CLAIMS = 3;

export const scenario: Scenario = {
  name: 'poison',
  injects: 'steps and jobs that end the process that runs them: process.abort(), and 2 GB of memory',
  passes: `each is a dead letter after its claims, and all the others succeed`,
  databases: ['postgres'],
  run: (options) =>
    experiment(
      {
        ...options,
        environment: { AUTOMATE_LEASE_SECONDS: '2' },
        launch: {
          program: fileURLToPath(new URL('../processes/host-process.ts', import.meta.url)),
          nodeOptions: ['--conditions=automate-source', '--max-old-space-size=300'],
        },
      },
      async (given) => {
        const { fleet, sink, db, ledger, expect } = given;
        await fleet.startServer();
        const healthy = await given.createWorkflow(graph(sink.url));
        const { rows } = await db.query<{ tenant_id: string }>('select tenant_id from workflows');
        const isOver = supervise(given, options.isShort ? 1 : 2);
        const load = startLoad({ fleet, ledger, perSecond: 20 });
        const tenantId = rows[0]?.tenant_id ?? '';
        const poisoned = new Map<string, number>();
        for (const by of options.isShort ? ['abort'] : ['memory', 'abort']) {
          const job = { kind: POISON_JOB, tenantId, traceId: 'chaos', maxAttempts: JOB_CLAIMS, payload: { by } };
          poisoned.set((await enqueue(db, [job]))[0] as string, JOB_CLAIMS);
          await deadOf(given, [...poisoned.keys()], 120);
        }
        if (!options.isShort) {
          const workflow = await given.createWorkflow({ nodes: [{ id: 'end', type: 'chaos.poison' }] }, { eventType: 'poison' });
          const execution = await given.run(workflow);
          ledger.runs.delete(execution);
          poisoned.set(execution, CLAIMS);
          await deadOf(given, [execution], 400);
        }
        await load.stop();
        const drained = await given.drain(120);
        const died = isOver();

        const dead = await db.query<{ id: string; attempts: number; error: { code: string } }>(
          `select id, attempts, error from jobs where state = 'failed'`,
        );
        const claims = new Map(dead.rows.map(({ id, attempts }) => [id, attempts]));
        for (const [id, most] of poisoned)
          expect(claims.get(id) === most, `${id} was claimed ${claims.get(id)} times, not ${most}`);
        expect(dead.rows.length === poisoned.size, `${dead.rows.length} dead letters, ${poisoned.size} were poison`);
        return {
          figures: { deaths: died, dead_letters: dead.rows.length, drain_seconds: drained },
          evidence: { workflowIds: [healthy], leaseSeconds: 2 },
        };
      },
    ),
};

/** Starts workers anew whenever they die, as a supervisor does; returns how to stop that, and how often it was needed. */
function supervise({ fleet, faults }: Experiment, size: number): () => number {
  let isOver = false;
  let deaths = -size;
  void (async () => {
    while (!isOver) {
      if (fleet.workers.length >= size) {
        await pause(50);
        continue;
      }
      deaths += 1;
      const at = Date.now();
      faults.add({ at: at - 10_000, until: at, held: undefined });
      const worker = await fleet.startWorker().catch(() => undefined);
      if (worker) fleet.mayDie(worker);
    }
  })();
  return () => {
    isOver = true;
    return deaths;
  };
}

async function deadOf({ db }: Experiment, ids: readonly string[], seconds: number): Promise<void> {
  for (const deadline = Date.now() + seconds * 1_000; ; await pause(200)) {
    const { rows } = await db.query<{ id: string; state: string; attempts: number }>(
      'select id, state, attempts from jobs where id = any($1)',
      [ids],
    );
    if (rows.every(({ state }) => state === 'failed')) return;
    if (Date.now() > deadline) throw new Error(`not dead after ${seconds} s: ${JSON.stringify(rows)}`);
  }
}
