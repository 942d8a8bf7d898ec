import { experiment } from '../harness/experiment.ts';
import { startLoad } from '../harness/load.ts';
import { pause, type Scenario } from '../harness/scenario.ts';
import type { Effect } from '../harness/sink.ts';

export const scenario: Scenario = {
  name: 'thundering-retry',
  injects: 'the service that 2,000 executions call answers 503 for a minute, and then works again',
  passes: 'calls come back spread out, at most 3 times the mean in any second; no dead letters',
  databases: ['postgres'],
  run: (options) =>
    experiment(options, async (given) => {
      const { fleet, sink, ledger, db, faults, expect } = given;
      const [amount, seconds] = options.isShort ? [100, 5] : [2_000, 60];
      await fleet.startServer();
      const retry = { attempts: 50, initial_seconds: 1, maximum_seconds: 20 };
      const config = { method: 'POST', url: `${sink.url}/call`, json: { key: '{{ event.payload.key }}' } };
      await given.createWorkflow({ nodes: [{ id: 'call', type: 'http.request', config, retry }] });
      await sink.behave('/call', { status: 503 });
      const at = Date.now();
      await fleet.startWorker();
      await fleet.startWorker();
      const load = startLoad({ fleet, ledger, perSecond: 200, batch: 50 });
      while (ledger.events.size < amount) await pause(50);
      await load.stop();
      await pause(Math.max(at + seconds * 1_000 - Date.now(), 0));
      await sink.behave('/call', {});
      const up = Date.now();
      const drained = await given.drain(400);
      // While it was down, the same call was made again and again, as it should have been.
      faults.add({ at, until: Date.now(), held: undefined });
      const effects = sink.effects();
      const { peak, mean } = rateOf(effects.filter((effect) => effect.at >= up && effect.status === 200));
      expect(peak <= 3 * mean, `${peak} calls in one second, ${mean.toFixed(1)} on average`);
      const dead = await db.query<{ count: number }>(`select count(*)::int as count from jobs where state = 'failed'`);
      expect(dead.rows[0]?.count === 0, `${dead.rows[0]?.count} dead letters`);
      const refused = effects.filter(({ status }) => status === 503).length;
      return {
        figures: { peak_per_second: peak, mean_per_second: mean, refused_calls: refused, drain_seconds: drained },
        evidence: { nodes: 1, keysOf: ({ id }) => [`${id}:call:0`] },
      };
    }),
};

/** Calls in the busiest second, and on average from the first to when 95 % were made. */
function rateOf(effects: readonly Effect[]): { peak: number; mean: number } {
  const times = effects.map(({ at }) => at).toSorted((left, right) => left - right);
  const first = times[0] ?? 0;
  const counted = times.slice(0, Math.ceil(times.length * 0.95));
  const span = Math.max(((counted.at(-1) ?? first) - first) / 1_000, 1);
  const bins = Map.groupBy(counted, (at) => Math.floor((at - first) / 1_000));
  return { peak: Math.max(...[...bins.values()].map((bin) => bin.length), 0), mean: counted.length / span };
}
