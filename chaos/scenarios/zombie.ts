import { type Experiment, experiment } from '../harness/experiment.ts';
import { hitAt } from '../harness/points.ts';
import { pause, type Scenario } from '../harness/scenario.ts';
import { graph } from '../harness/workload.ts';

const RUNS = 10;

export const scenario: Scenario = {
  name: 'zombie',
  injects:
    'a worker is frozen (SIGSTOP), in a call or within a transaction, until its leases have run out and another one has its work, and then thawed',
  passes: 'whatever the thawed worker writes is refused and logged; it goes on working',
  databases: ['postgres'],
  run: (options) =>
    experiment(options, async (given) => {
      const { fleet, sink } = given;
      await fleet.startServer();
      const workflowId = await given.createWorkflow(graph(sink.url));
      const rounds = options.kills ?? (options.isShort ? 1 : 10);
      await fleet.startWorker();
      for (let round = 0; round < rounds; round += 1) await freeze(given, { workflowId, isWriting: round % 2 === 0 });
      return { figures: { drain_seconds: await given.drain(60) } };
    }),
};

/**
 * The only worker is frozen; the one that takes over is the next to be frozen.
 * @param options.isWriting whether it holds locks in the database at that moment
 */
async function freeze(given: Experiment, { workflowId, isWriting }: { workflowId: string; isWriting: boolean }): Promise<void> {
  const { fleet, faults, expect } = given;
  const [first] = fleet.workers;
  if (!first) throw new Error('no worker is up');
  let at = 0;
  let held: ReadonlySet<string> | undefined;
  const ids = await hitAt(isWriting ? 'before_commit' : 'after_effect', {
    installation: given,
    db: given.db,
    workflowId,
    worker: first,
    runs: RUNS,
    hit: async () => {
      at = Date.now();
      first.process.kill('SIGSTOP');
      held = (await faults.hit(first)).held;
    },
  });
  expect(
    ids.every((id) => held?.has(id)),
    'a call was in hand whose job was not',
  );

  await fleet.startWorker();
  await given.drain(60);
  const before = await storedOf(given, ids);
  const logged = first.errors().length;
  first.process.kill('SIGCONT');
  faults.add({ at, until: Date.now(), held });
  for (const deadline = Date.now() + 15_000; !first.errors().slice(logged).includes('lease lost'); await pause(50))
    if (Date.now() > deadline) return expect(false, 'the thawed worker has not noticed that it lost its leases');
  await pause(1_000);
  expect((await storedOf(given, ids)) === before, 'the thawed worker has written something');
  // The one that was frozen works on alone.
  for (const worker of fleet.workers.filter((one) => one !== first)) await fleet.stop(worker);
  await given.run(workflowId);
  await given.drain(30);
}

/** All that is stored of executions and their steps. */
async function storedOf({ db }: Experiment, ids: readonly string[]): Promise<string> {
  const { rows } = await db.query(
    `select to_jsonb(executions) as execution, (select jsonb_agg(step_runs order by node_path, iteration) from step_runs
       where execution_id = executions.id) as steps from executions where id = any($1) order by id`,
    [ids],
  );
  return JSON.stringify(rows);
}
