import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { experiment } from '../harness/experiment.ts';
import { startLoad } from '../harness/load.ts';
import { notRun, pause, type Scenario } from '../harness/scenario.ts';
import { graph } from '../harness/workload.ts';

export const scenario: Scenario = {
  name: 'clock-skew',
  injects: 'the clocks of two of three workers are an hour ahead and an hour behind (libfaketime), under load',
  passes: 'no lease is taken early, each effect happens once, pauses last as long as they should',
  databases: ['postgres'],
  async run(options) {
    const library = libraryOf();
    if (!library) return notRun('libfaketime is missing: apt-get install faketime');
    return experiment(options, async (given) => {
      const { fleet, sink, ledger } = given;
      await fleet.startServer();
      await given.createWorkflow(graph(sink.url));
      await fleet.startWorker();
      for (const skew of ['+1h', '-1h'])
        await fleet.startWorker({ environment: { LD_PRELOAD: library, FAKETIME: skew, FAKETIME_DONT_FAKE_MONOTONIC: '1' } });
      const load = startLoad({ fleet, ledger, perSecond: 40 });
      const at = Date.now();
      await pause(options.isShort ? 5_000 : 30_000);
      await load.stop();
      const drained = await given.drain(120);
      // No fault explains a repetition: only the clocks are wrong.
      given.faults.add({ at, until: at, held: new Set() });
      return { figures: { drain_seconds: drained } };
    });
  },
};

function libraryOf(): string | undefined {
  const folders = existsSync('/usr/lib')
    ? readdirSync('/usr/lib').map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
    : [];
  const library = [...folders, '/usr/lib/faketime/libfaketime.so.1'].find((file) => existsSync(file));
  if (!library) return undefined;
  const { stdout } = spawnSync(process.execPath, ['-p', 'Date.now()'], {
    env: { LD_PRELOAD: library, FAKETIME: '+1h', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
    encoding: 'utf8',
  });
  return Number(stdout) > Date.now() + 3_000_000 ? library : undefined;
}
