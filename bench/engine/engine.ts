import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile, report, say } from '../harness/figures.ts';
import { type Postgres, startPostgres } from '../harness/postgres.ts';
import { productEnvironment } from '../harness/product.ts';
import { type Remote, startRemote } from '../harness/remote.ts';
import type { DbosRun } from './dbos-process.ts';
import type { Drained } from './drain-process.ts';
import type { Paced } from './paced-process.ts';

const ROUNDS = 3;
const EXECUTIONS = { postgres: 20_000, pglite: 8_000, dbos: 1_000, pure: 10_000 } as const;
const PACE = { perSecond: 1_000, seconds: 8 } as const;
type Database = 'postgres' | 'pglite';

interface Drain {
  readonly perSecond: number;
  readonly dispatchPerSecond: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number | undefined;
}

/** How many three-step executions a second the engine gets through, beside DBOS, and how soon one starts at 1,000 a second. */
export async function run({ profileDirectory }: { profileDirectory: string | undefined }): Promise<void> {
  const postgres = await startPostgres();
  const drains: Record<Database | 'dbos' | 'pure', Drain[]> = { postgres: [], pglite: [], dbos: [], pure: [] };
  const paced: Record<Database, (Paced & { postgresCores: number | undefined })[]> = { postgres: [], pglite: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`engine, round ${round} of ${ROUNDS}`);
    drains.postgres.push(await drain(postgres, 'postgres', profileDirectory));
    drains.pure.push(await drain(postgres, 'postgres', undefined, 'pure'));
    drains.dbos.push(await drainDbos(postgres));
    drains.pglite.push(await drain(postgres, 'pglite', profileDirectory));
    paced.postgres.push(await pace(postgres, 'postgres'));
    paced.pglite.push(await pace(postgres, 'pglite'));
  }
  await postgres.stop();

  const dbos = drains.dbos.map(({ perSecond }) => perSecond);
  for (const database of ['postgres', 'pglite'] as const) {
    const all = drains[database];
    const unit = 'executions/s';
    const values = all.map(({ perSecond }) => perSecond);
    const target = { of: 'value', atLeast: database === 'postgres' ? 4_000 : 2_000 } as const;
    line({
      figure: `drain_${database}`,
      unit,
      values,
      target,
      note: `${EXECUTIONS[database]} executions of 3 steps, each stored before the next`,
    });
    if (database === 'postgres') {
      const note = 'peer: DBOS 5.3.0, the same three steps on the same PostgreSQL';
      line({ figure: 'drain_to_dbos', unit, values, peers: dbos, target: { of: 'ratio', atLeast: 10 }, note });
    }
    if (database === 'postgres') {
      const note = `${EXECUTIONS.pure} executions of 3 steps without effect, stored together`;
      line({ figure: 'drain_pure_postgres', unit, values: drains.pure.map(({ perSecond }) => perSecond), note });
    }
    line({ figure: `dispatch_${database}`, unit: 'events/s', values: all.map(({ dispatchPerSecond }) => dispatchPerSecond) });
    line({
      figure: `node_cpu_${database}`,
      unit: 'µs/execution',
      values: all.map(({ nodeMicros }) => nodeMicros),
      ...(database === 'postgres' ? { peers: drains.dbos.map(({ nodeMicros }) => nodeMicros) } : {}),
      ...(database === 'pglite' ? { note: 'the database thread included' } : {}),
    });
    if (database === 'postgres') {
      line({
        figure: 'postgres_cpu',
        unit: 'µs/execution',
        values: all.map(({ postgresMicros }) => postgresMicros),
        peers: drains.dbos.map(({ postgresMicros }) => postgresMicros),
      });
    }
    linePaced(database, paced[database]);
  }
}

function linePaced(database: Database, rounds: readonly (Paced & { postgresCores: number | undefined })[]): void {
  const note = `${PACE.perSecond}/s for ${PACE.seconds} s, 3 steps of 5–50 ms`;
  const of = (pick: (round: Paced) => readonly number[], fraction: number) =>
    rounds.map((round) => percentile(pick(round), fraction));
  const unit = 'ms';
  line({ figure: `paced_rate_${database}`, unit: 'executions/s', values: rounds.map(({ perSecond }) => perSecond), note });
  line({ figure: `paced_start_p50_${database}`, unit, values: of(({ startMs }) => startMs, 0.5), note: 'event to first claim' });
  line({
    figure: `paced_start_p99_${database}`,
    unit,
    values: of(({ startMs }) => startMs, 0.99),
    target: { of: 'value', atMost: 50 },
    note: 'event to first claim',
  });
  line({
    figure: `paced_claim_p99_${database}`,
    unit,
    values: of(({ claimMs }) => claimMs, 0.99),
    note: 'queued to first claim',
  });
  line({ figure: `paced_node_cores_${database}`, unit: 'cores', values: rounds.map(({ nodeCores }) => nodeCores) });
  line({ figure: `paced_postgres_cores_${database}`, unit: 'cores', values: rounds.map(({ postgresCores }) => postgresCores) });
}

function line(figure: Omit<Parameters<typeof report>[0], 'bench'>): void {
  report({ bench: 'engine', ...figure });
}

async function drain(
  postgres: Postgres,
  database: Database,
  profileDirectory: string | undefined,
  kind: 'stored' | 'pure' = 'stored',
): Promise<Drain> {
  const count = EXECUTIONS[kind === 'pure' ? 'pure' : database];
  return withProduct({ postgres, database, module: './drain-process.ts', profileDirectory }, async (remote) => {
    const dispatchPerSecond = await remote.call<number>('queue', { count, kind: kind === 'pure' ? 'transform' : 'call' });
    const before = postgres.cpuMicros();
    const { seconds, nodeCpuMicros } = await remote.call<Drained>('drain', count);
    return {
      perSecond: count / seconds,
      dispatchPerSecond,
      nodeMicros: nodeCpuMicros / count,
      postgresMicros: perItem(before, postgres.cpuMicros(), count),
    };
  });
}

async function drainDbos(postgres: Postgres): Promise<Drain> {
  const count = EXECUTIONS.dbos;
  const url = await postgres.createDatabase('bench_dbos');
  const remote = await startRemote(new URL('./dbos-process.ts', import.meta.url), { environment: { DATABASE_URL: url } });
  await remote.call('queue', { count: 200, name: 'warm_up' });
  await remote.call('drain', { name: 'warm_up' });
  await remote.call('queue', { count, name: 'bench' });
  const before = postgres.cpuMicros();
  const { seconds, nodeCpuMicros } = await remote.call<DbosRun>('drain', { name: 'bench' });
  const postgresMicros = perItem(before, postgres.cpuMicros(), count);
  await remote.stop();
  await postgres.dropDatabase('bench_dbos');
  return { perSecond: count / seconds, dispatchPerSecond: 0, nodeMicros: nodeCpuMicros / count, postgresMicros };
}

async function pace(postgres: Postgres, database: Database): Promise<Paced & { postgresCores: number | undefined }> {
  return withProduct({ postgres, database, module: './paced-process.ts' }, async (remote) => {
    const before = postgres.cpuMicros();
    const result = await remote.call<Paced>('run', PACE);
    const cpu = perItem(before, postgres.cpuMicros(), 1e6 * (PACE.seconds + 1));
    return { ...result, postgresCores: database === 'postgres' ? cpu : undefined };
  });
}

/** Gives a product process an empty database for as long as the work lasts. */
async function withProduct<Result>(
  options: { postgres: Postgres; database: Database; module: string; profileDirectory?: string | undefined },
  work: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  const { postgres, database, module, profileDirectory } = options;
  const directory = mkdtempSync(join(tmpdir(), 'automate-bench-'));
  const place = database === 'pglite' ? { directory } : { url: await postgres.createDatabase('bench_engine') };
  const remote = await startRemote(new URL(module, import.meta.url), {
    environment: productEnvironment(place),
    profileDirectory,
  });
  try {
    return await work(remote);
  } finally {
    await remote.stop();
    if (database === 'postgres') await postgres.dropDatabase('bench_engine');
    rmSync(directory, { recursive: true, force: true });
  }
}

function perItem(before: number | undefined, after: number | undefined, count: number): number | undefined {
  return before === undefined || after === undefined ? undefined : (after - before) / count;
}
