// The peer: DBOS Transact, three durable steps a workflow, on the same PostgreSQL.
import { ownCpuMicros, serveRemote } from '../harness/remote.ts';
import { loadDbos } from './dbos.ts';

const dbos = await loadDbos();
const steps = ['step_1', 'step_2', 'step_3'];
const chain = dbos.registerWorkflow(
  async (number: number) => {
    for (const name of steps) await dbos.runStep(async () => ({ number }), { name });
  },
  { name: 'chain' },
);
dbos.setConfig({
  name: 'bench',
  systemDatabaseUrl: process.env.DATABASE_URL ?? '',
  systemDatabasePoolSize: 12,
  logLevel: 'error',
  useListenNotify: true,
});
await dbos.launch();

export interface DbosRun {
  readonly seconds: number;
  readonly nodeCpuMicros: number;
}

/** Keeps so many workflows going at a time until all have ended. */
async function run({ count, concurrency }: { count: number; concurrency: number }): Promise<DbosRun> {
  const cpu = ownCpuMicros();
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const handle = await dbos.startWorkflow(chain)(next++);
      await handle.getResult();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { seconds: (performance.now() - began) / 1_000, nodeCpuMicros: ownCpuMicros() - cpu };
}

/** Queues all first, then lets a queue with many slots drain them. */
async function drain({ count, concurrency }: { count: number; concurrency: number }): Promise<DbosRun> {
  const handles = await Promise.all(
    Array.from({ length: count }, (_, number) => dbos.startWorkflow(chain, { queueName: 'bench' })(number)),
  );
  const cpu = ownCpuMicros();
  const began = performance.now();
  await dbos.registerQueue('bench', { workerConcurrency: concurrency, minPollingIntervalMs: 20 });
  await Promise.all(handles.map((handle) => handle.getResult()));
  return { seconds: (performance.now() - began) / 1_000, nodeCpuMicros: ownCpuMicros() - cpu };
}

serveRemote({ run, drain }, () => dbos.shutdown());
