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

const handles = new Map<string, { getResult(): Promise<void> }[]>();

/** Nothing runs before the queue is registered. */
async function queue({ count, name }: { count: number; name: string }): Promise<void> {
  const started = Array.from({ length: count }, (_, number) => dbos.startWorkflow(chain, { queueName: name })(number));
  handles.set(name, await Promise.all(started));
}

/** Runs as many at a time as our worker does; a little faster than starting workflows without a queue. */
async function drain({ name }: { name: string }): Promise<DbosRun> {
  const cpu = ownCpuMicros();
  const began = performance.now();
  await dbos.registerQueue(name, { workerConcurrency: 500, minPollingIntervalMs: 20 });
  await Promise.all((handles.get(name) ?? []).map((handle) => handle.getResult()));
  return { seconds: (performance.now() - began) / 1_000, nodeCpuMicros: ownCpuMicros() - cpu };
}

serveRemote({ queue, drain }, () => dbos.shutdown());
