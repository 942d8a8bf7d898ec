import type { ServerProcess } from '../../packages/automate/e2e/support/server-process.ts';
import { type Experiment, experiment } from '../harness/experiment.ts';
import { startLoad } from '../harness/load.ts';
import { pause, type Scenario } from '../harness/scenario.ts';
import { graph } from '../harness/workload.ts';

/** How long a process waits for what it has in hand. */
const SHUTDOWN_SECONDS = 5;
const ALL_IN_ONE = { args: ['serve', '--with-worker'] };

export const scenario: Scenario = {
  name: 'sigterm',
  injects: 'SIGTERM under load, the last time with calls in hand that are never answered',
  passes: 'not ready at once; what is in hand ends or is given back; exit 0 within 30 s; nothing lost',
  databases: ['postgres', 'pglite'],
  run: (options) =>
    experiment({ ...options, environment: { AUTOMATE_SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS) } }, async (given) => {
      const { fleet, sink, ledger } = given;
      const isServer = options.kind === 'postgres';
      const stops = options.kills ?? (options.isShort ? 2 : 10);
      await sink.behave('*', { delayMs: 200 });
      for (let count = isServer ? 2 : 1; count > 0; count -= 1) await fleet.startServer(ALL_IN_ONE);
      await given.createWorkflow(graph(sink.url));
      const load = startLoad({ fleet, ledger, perSecond: 40 });
      const found: Stop[] = [];
      for (let stop = 0; stop < stops; stop += 1) {
        const isLast = stop === stops - 1;
        await pause(200 + options.random() * 1_500);
        if (isLast) await sink.behave('/call', { hold: 'after' });
        while (isLast && (await sink.heldCount()) < 5) await pause(20);
        const victim = fleet.servers[Math.floor(options.random() * fleet.servers.length)] as ServerProcess;
        if (isLast) await sink.behave('/call', { delayMs: 200 });
        found.push(await stopped(given, victim, isServer));
        await sink.release();
        await fleet.startServer(ALL_IN_ONE);
      }
      await load.stop();
      const exits = found.map(({ exitSeconds }) => exitSeconds);
      const notReady = found.flatMap(({ notReadyMs }) => notReadyMs ?? []);
      given.expect(options.isShort || exits.every((seconds) => seconds <= 30), `an exit took ${Math.max(...exits)} s`);
      given.expect(
        found.every(({ code }) => code === 0),
        `exit codes ${found.map(({ code }) => code)}`,
      );
      given.expect(
        notReady.length > 0 && (options.isShort || notReady.every((ms) => ms <= 2_000)),
        `still ready after ${Math.max(...notReady)} ms`,
      );
      return {
        figures: {
          exit_most_seconds: Math.max(...exits),
          not_ready_most_ms: Math.max(...notReady),
          drain_seconds: await given.drain(120),
        },
      };
    }),
};

interface Stop {
  readonly code: number | null;
  readonly exitSeconds: number;
  /** Until readiness said so; undefined when the process was gone before it could be asked. */
  readonly notReadyMs: number | undefined;
}

async function stopped({ fleet, faults }: Experiment, victim: ServerProcess, isServer: boolean): Promise<Stop> {
  const at = Date.now();
  const asking = readinessOf(victim, at);
  const ending = fleet.stop(victim);
  const held = isServer ? new Set((await faults.heldBy(victim)).keys()) : undefined;
  const code = await ending;
  const until = Date.now();
  faults.add({ at, until, held });
  return { code, exitSeconds: (until - at) / 1_000, notReadyMs: await asking };
}

async function readinessOf(victim: ServerProcess, since: number): Promise<number | undefined> {
  for (;;) {
    try {
      const { status } = await victim.call('GET', '/health/ready/');
      if (status === 503) return Date.now() - since;
    } catch {
      return undefined;
    }
    await pause(10);
  }
}
