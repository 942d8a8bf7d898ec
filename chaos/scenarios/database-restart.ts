import { createTcpProxy } from '../../packages/automate/e2e/support/tcp-proxy.ts';
import { startCluster } from '../../tools/postgres-cluster.ts';
import { databaseAt } from '../harness/databases.ts';
import { type Experiment, experiment } from '../harness/experiment.ts';
import { type LoadOptions, startLoad } from '../harness/load.ts';
import { pause, type Scenario, type ScenarioOptions } from '../harness/scenario.ts';
import { graph } from '../harness/workload.ts';

const READY_SECONDS = 10;

export const scenario: Scenario = {
  name: 'database-restart',
  injects: 'under load PostgreSQL crashes and restarts, all its sessions are ended, and the wire to it is cut, ten times each',
  passes: 'no process ends; what was acknowledged is kept; refusals are 503 with Retry-After; ready again within 10 s',
  databases: ['postgres'],
  async run(options) {
    const cluster = await startCluster();
    const direct = new URL(cluster.url);
    const proxy = await createTcpProxy({ host: direct.hostname, port: Number(direct.port) });
    const wire = new URL(cluster.url);
    wire.port = String(proxy.port);
    const breaks = [
      () => cluster.crash(),
      // Our own session goes too: PostgreSQL says so to everybody.
      (given: Experiment) =>
        given.db.migrate((connection) => connection.query(TERMINATE).then(() => undefined)).catch(() => undefined),
      async () => {
        proxy.cut();
        await pause(500);
        proxy.mend();
      },
    ];
    try {
      return await experiment({ ...options, database: databaseAt(wire.href) }, (given) => breakAndWait(given, breaks, options));
    } finally {
      await proxy.close();
      await cluster.stop();
    }
  },
};

const TERMINATE =
  'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()';

async function breakAndWait(
  given: Experiment,
  breaks: readonly ((given: Experiment) => Promise<void>)[],
  options: ScenarioOptions,
) {
  const { fleet, sink, ledger, faults, expect } = given;
  await fleet.startServer({ args: ['serve', '--migrate'] });
  await fleet.startServer();
  await fleet.startWorker();
  await fleet.startWorker();
  await given.createWorkflow(graph(sink.url));
  const wrong = new Map<string, number>();
  const onAnswer: NonNullable<LoadOptions['onAnswer']> = ({ status, headers }) => {
    if (status === 202 || (status === 503 && headers.get('retry-after'))) return;
    wrong.set(`${status}`, (wrong.get(`${status}`) ?? 0) + 1);
  };
  const load = startLoad({ fleet, ledger, perSecond: 40, onAnswer });
  const ready: number[] = [];
  for (let round = 0; round < (options.kills ?? 30); round += 1) {
    await pause(300 + options.random() * 1_500);
    const at = Date.now();
    await breaks[round % breaks.length]?.(given);
    const backAt = Date.now();
    ready.push(await readyAfter(given, backAt));
    faults.add({ at, until: Date.now(), held: undefined });
  }
  await load.stop();
  const drained = await given.drain(120);
  expect(
    ready.every((seconds) => seconds <= READY_SECONDS),
    `ready only after ${Math.max(...ready)} s`,
  );
  expect(wrong.size === 0, `answers that are neither 202 nor 503 with Retry-After: ${JSON.stringify([...wrong])}`);
  expect((load.answers.get(0) ?? 0) === 0, `${load.answers.get(0)} requests got no answer`);
  return {
    figures: { ready_most_seconds: Math.max(...ready), refused_requests: load.answers.get(503) ?? 0, drain_seconds: drained },
  };
}

/** Seconds until each server says that it is ready. */
async function readyAfter({ fleet }: Experiment, since: number): Promise<number> {
  for (const server of fleet.servers) {
    while ((await server.call('GET', '/health/ready/')).status !== 200) {
      if (Date.now() - since > 60_000) return Number.POSITIVE_INFINITY;
      await pause(50);
    }
  }
  return (Date.now() - since) / 1_000;
}
