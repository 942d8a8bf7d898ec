import { percentile, report, say } from '../harness/figures.ts';
import { startPostgres } from '../harness/postgres.ts';
import { productEnvironment } from '../harness/product.ts';
import { startRemote } from '../harness/remote.ts';
import type { Round } from './history-process.ts';
import { fill } from './past.ts';

const ROUNDS = 2;
const EXECUTIONS = 1_000_000;
/** What the other database holds, so that its pages are full too. */
const FEW = 2_000;
const BACKLOG = 5_000;
const REQUESTS = 80;
/** No round begins later than this. */
const LAST_ROUND_MS = 170_000;

/** Whether a million finished executions slow down what a worker claims and what people look at. */
export async function run(): Promise<void> {
  const postgres = await startPostgres();
  const full = await postgres.createDatabase('bench_history_full');
  const few = await postgres.createDatabase('bench_history_few');
  const began = performance.now();
  for (const [url, count] of [
    [few, FEW],
    [full, EXECUTIONS],
  ] as const) {
    await withProduct(url, async () => undefined);
    await fill(url, count);
  }
  say(`history: ${EXECUTIONS} executions over 12 months, written in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  const rounds: Record<'full' | 'few', Round[]> = { full: [], few: [] };
  // On a busy machine one round has to do.
  for (let round = 1; round <= ROUNDS && (round === 1 || performance.now() - began < LAST_ROUND_MS); round += 1) {
    say(`history, round ${round} of ${ROUNDS}`);
    rounds.few.push(await measure(few));
    rounds.full.push(await measure(full));
  }
  for (const [name, plans] of Object.entries(rounds.full.at(-1)?.plans ?? {}))
    for (const plan of plans) say(`\n--- ${name}\n${plan}`);
  await postgres.stop();

  const note = `${EXECUTIONS} finished executions; peer: ${FEW}`;
  const compare = (figure: string, of: (round: Round) => number, unit = 'ms') =>
    report({
      bench: 'history',
      figure,
      unit,
      values: rounds.full.map(of),
      peers: rounds.few.map(of),
      target: unit === 'ms' ? { of: 'ratio', atMost: 1.5 } : { of: 'ratio', atLeast: 1 / 1.5 },
      note,
    });
  compare('drain', ({ drainedPerSecond }) => drainedPerSecond, 'executions/s');
  for (const [name, fraction] of Object.entries({ p50: 0.5, p95: 0.95 })) {
    compare(`claim_${name}`, ({ claims }) => percentile(claims, fraction));
    for (const request of ['first_page', 'failed', 'by_workflow', 'one'])
      compare(`${request}_${name}`, ({ requests }) => percentile(requests[request] ?? [], fraction));
  }
}

function measure(url: string): Promise<Round> {
  return withProduct(url, (remote) => remote.call<Round>('run', { backlog: BACKLOG, requests: REQUESTS }));
}

async function withProduct<Result>(
  url: string,
  work: (remote: Awaited<ReturnType<typeof startRemote>>) => Promise<Result>,
): Promise<Result> {
  const environment = { ...productEnvironment({ url }), AUTOMATE_RETENTION_DAYS: '0' };
  const remote = await startRemote(new URL('./history-process.ts', import.meta.url), { environment });
  try {
    return await work(remote);
  } finally {
    await remote.stop();
  }
}
