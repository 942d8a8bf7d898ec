import type { ProductProcess } from '../../packages/automate/e2e/support/server-process.ts';
import { type Experiment, experiment } from '../harness/experiment.ts';
import { startLoad } from '../harness/load.ts';
import { callsAt, hitAt, type Point, points } from '../harness/points.ts';
import { pause, type Scenario, type ScenarioOptions } from '../harness/scenario.ts';
import { graph } from '../harness/workload.ts';

/** Share of the kills that is made at named points. */
const AT_POINTS = 0.3;
const RUNS_AT_POINT = 3;
/** One in so many random kills hits a process that serves. */
const SERVER_SHARE = 0.15;
const ALL_IN_ONE = { args: ['serve', '--with-worker'] };

export const scenario: Scenario = {
  name: 'worker-death',
  injects:
    'kill -9 of workers, and of a process that serves and works, at random moments under load, and before and after the claim, the effect and the commit',
  passes: 'nothing lost, no finished step again, effects repeated under one key only; resume p95 ≤ lease + 5 s',
  databases: ['postgres', 'pglite'],
  run: (options) =>
    experiment(options, async (given) => {
      const isServer = options.kind === 'postgres';
      await given.fleet.startServer(isServer ? {} : ALL_IN_ONE);
      const workflowId = await given.createWorkflow(graph(given.sink.url));
      if (isServer) await separately(given, { ...options, workflowId });
      await allInOne(given, options);
      return { figures: { drain_seconds: await given.drain(120) } };
    }),
};

/** Several workers and servers on one PostgreSQL; those killed are replaced. */
async function separately(
  given: Experiment,
  { workflowId, ...options }: ScenarioOptions & { workflowId: string },
): Promise<void> {
  const { fleet, faults } = given;
  const kills = options.kills ?? (options.isShort ? 10 : 200);
  const named = Math.max(Math.round((kills * AT_POINTS) / points.length), 1) * points.length;
  await atPoints(given, { workflowId, kills: Math.min(named, kills) });
  options.say(`${faults.all.length} kills at named points`);
  await underLoad(given, { ...options, kills: kills - faults.all.length });
  await faults.settled(60);
  await given.drain(120);
  await fleet.stopAll();
}

/** One worker at a time, brought to the point and killed there; the next one goes on with its work, and is the next to die. */
async function atPoints(given: Experiment, { workflowId, kills }: { workflowId: string; kills: number }): Promise<void> {
  const { fleet, faults } = given;
  const hits: { point: Point; ids: string[] }[] = [];
  let worker = await fleet.startWorker();
  for (let number = 0; number < kills; number += 1) {
    const point = points[number % points.length] as Point;
    const victim = worker;
    const ids = await hitAt(point, {
      installation: given,
      db: given.db,
      workflowId,
      worker: victim,
      runs: RUNS_AT_POINT,
      hit: async () => {
        await fleet.kill(victim);
        await faults.hit(victim);
      },
    });
    hits.push({ point, ids });
    worker = await fleet.startWorker();
    await given.drain(60);
  }
  const calls = Map.groupBy(given.sink.effects(), ({ key }) => key);
  for (const { point, ids } of hits)
    for (const id of ids.filter((one) => !faults.lapsed.has(one)))
      for (const node of ['call', 'last'] as const) {
        const found = calls.get(`${id}:${node}:0`)?.length ?? 0;
        given.expect(found === callsAt[point][node], `killed ${point}: "${node}" of ${id} happened ${found} times`);
      }
}

async function underLoad({ fleet, ledger, faults }: Experiment, { kills, random, isShort }: ScenarioOptions & { kills: number }) {
  const size = isShort ? { servers: 1, workers: 2 } : { servers: 2, workers: 3 };
  while (fleet.servers.length < size.servers) await fleet.startServer();
  while (fleet.workers.length < size.workers) await fleet.startWorker();
  const load = startLoad({ fleet, ledger, perSecond: 40 });
  const starting = new Set<Promise<unknown>>();
  for (let kill = 0; kill < kills; kill += 1) {
    // At full strength again: what is measured is how soon others take over, not how fast this machine starts processes.
    await Promise.all(starting);
    await pause(5 + random() * 495);
    const isServer = !isShort && random() < SERVER_SHARE && fleet.servers.length > 1;
    const victims: readonly ProductProcess[] = isServer ? fleet.servers : fleet.workers;
    const victim = victims[Math.floor(random() * victims.length)] as ProductProcess;
    await fleet.kill(victim);
    await faults.hit(victim);
    const start: Promise<unknown> = (isServer ? fleet.startServer() : fleet.startWorker()).finally(() => starting.delete(start));
    starting.add(start);
  }
  await Promise.all(starting);
  await load.stop();
}

/** The one process of an installation, which serves and works, dies again and again while events come in; on PGlite its database dies with it. */
async function allInOne({ fleet, ledger, faults }: Experiment, options: ScenarioOptions): Promise<void> {
  const kills = Math.min(options.kills ?? 25, options.isShort ? 4 : 25);
  if (fleet.servers.length === 0) await fleet.startServer(ALL_IN_ONE);
  const load = startLoad({ fleet, ledger, perSecond: options.isShort ? 100 : 400, batch: 25 });
  for (let kill = 0; kill < kills; kill += 1) {
    // However slow the machine is, something is in hand.
    for (const before = ledger.events.size; ledger.events.size === before; ) await pause(5);
    await pause(options.random() * 700);
    const [server] = fleet.servers;
    if (!server) throw new Error('the server is gone');
    await fleet.kill(server);
    // How soon its work goes on is how fast it starts: nobody else is there to take over.
    const at = Date.now();
    const held = options.kind === 'postgres' ? new Set((await faults.heldBy(server)).keys()) : undefined;
    faults.add({ at, until: at, held });
    await fleet.startServer(ALL_IN_ONE);
  }
  await load.stop();
  await faults.settled(60);
}
