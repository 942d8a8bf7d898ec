import { percentile, report, say } from '../harness/figures.ts';
import { startPostgres } from '../harness/postgres.ts';
import { productEnvironment } from '../harness/product.ts';
import { startRemote } from '../harness/remote.ts';
import type { Probed } from './fairness-process.ts';

const ROUNDS = 3;
const OTHERS = { tenants: 1_000, backlog: 50_000 } as const;
const PROBE = { everyMs: 50, count: 120 } as const;

/** How soon a tenant's executions start while a thousand others have a long backlog, beside how soon they do when nobody has. */
export async function run({ profileDirectory }: { profileDirectory: string | undefined }): Promise<void> {
  const postgres = await startPostgres();
  const rounds: { idle: Probed; busy: Probed }[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`fairness, round ${round} of ${ROUNDS}`);
    const url = await postgres.createDatabase('bench_fairness');
    const environment = productEnvironment({ url });
    const remote = await startRemote(new URL('./fairness-process.ts', import.meta.url), { environment, profileDirectory });
    await remote.call('start');
    await remote.call('probe', { everyMs: 20, count: 50 }); // warms up
    const idle = await remote.call<Probed>('probe', PROBE);
    await remote.call('fill', OTHERS);
    await remote.call('untilDispatched');
    const busy = await remote.call<Probed>('probe', PROBE);
    rounds.push({ idle, busy });
    await remote.stop();
    await postgres.dropDatabase('bench_fairness');
  }
  await postgres.stop();

  const of = (pick: (round: (typeof rounds)[number]) => Probed, fraction: number) =>
    rounds.map((round) => percentile(pick(round).startMs, fraction));
  const note = `beside: the same events when nobody else has any; others: ${OTHERS.tenants} tenants, ${OTHERS.backlog} executions`;
  for (const [name, fraction] of [
    ['p50', 0.5],
    ['p95', 0.95],
  ] as const) {
    report({
      bench: 'fairness',
      figure: `start_${name}`,
      unit: 'ms',
      values: of(({ busy }) => busy, fraction),
      peers: of(({ idle }) => idle, fraction),
      ...(name === 'p95' ? { target: { of: 'ratio', atMost: 2 } as const } : {}),
      note,
    });
  }
  const waiting = rounds.map(({ busy }) => busy.waiting);
  report({ bench: 'fairness', figure: 'backlog_left', unit: 'executions', values: waiting, note: 'when the last event came' });
}
