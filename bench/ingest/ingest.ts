import { percentile, report, say } from '../harness/figures.ts';
import { post } from '../harness/paced.ts';
import { type Postgres, startPostgres } from '../harness/postgres.ts';
import { productEnvironment, TOKEN } from '../harness/product.ts';
import { type Remote, startRemote } from '../harness/remote.ts';
import { saturate } from '../harness/saturate.ts';
import { orderEvent } from './event.ts';

const ROUNDS = 3;
const CONNECTIONS = 64;
const SECONDS = 7;
const PACE = { perSecond: 200, seconds: 7 } as const;
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

const servers = {
  floor: './floor-process.ts',
  product: './product-process.ts',
  product_with_worker: './product-process.ts',
} as const;
type Server = keyof typeof servers;

interface Round {
  readonly perSecond: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number | undefined;
  readonly latencies: readonly number[];
}

/** How many events a second are acknowledged, each one on disk, beside a route that inserts each by itself. */
export async function run({ profileDirectory }: { profileDirectory: string | undefined }): Promise<void> {
  const postgres = await startPostgres();
  const rounds: Record<Server, Round[]> = { floor: [], product: [], product_with_worker: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`ingest, round ${round} of ${ROUNDS}`);
    for (const server of Object.keys(servers) as Server[]) {
      rounds[server].push(await measure(postgres, server, server === 'product' ? profileDirectory : undefined));
    }
  }
  await postgres.stop();

  const of = <Value>(server: Server, pick: (round: Round) => Value) => rounds[server].map(pick);
  const target = { of: 'ratio', atLeast: 2 } as const;
  const floor = 'peer: Fastify with zod and one INSERT a request';
  for (const server of ['product', 'product_with_worker'] as const) {
    const against = (figure: string, unit: string, pick: (round: Round) => number | undefined) => ({
      bench: 'ingest',
      figure: `${figure}_${server}`,
      unit,
      values: of(server, pick),
      peers: of('floor', pick),
    });
    report({ ...against('acknowledged', 'events/s', ({ perSecond }) => perSecond), target, note: floor });
    report(against('node_cpu', 'µs/event', ({ nodeMicros }) => nodeMicros));
    report(against('postgres_cpu', 'µs/event', ({ postgresMicros }) => postgresMicros));
    const note = `${PACE.perSecond}/s for ${PACE.seconds} s`;
    report({ ...against('paced_p50', 'ms', ({ latencies }) => percentile(latencies, 0.5)), note });
    report({
      ...against('paced_p99', 'ms', ({ latencies }) => percentile(latencies, 0.99)),
      target: { of: 'value', atMost: 150 },
      note,
    });
  }
}

async function measure(postgres: Postgres, server: Server, profileDirectory: string | undefined): Promise<Round> {
  const url = await postgres.createDatabase('bench_ingest');
  const environment = { ...productEnvironment({ url }), AUTOMATE_BENCH_WORKER: String(server === 'product_with_worker') };
  const remote = await startRemote(new URL(servers[server], import.meta.url), { environment, profileDirectory });
  try {
    return await load(postgres, remote);
  } finally {
    await remote.stop();
    await postgres.dropDatabase('bench_ingest');
  }
}

async function load(postgres: Postgres, remote: Remote): Promise<Round> {
  const url = await remote.call<string>('url');
  const post1 = { url, method: 'POST', headers, body: orderEvent(1), connections: CONNECTIONS } as const;
  const warm = await saturate({ ...post1, seconds: 2 });
  const node = await remote.cpuMicros();
  const server = postgres.cpuMicros();
  const { requests, seconds } = await saturate({ ...post1, seconds: SECONDS });
  const nodeMicros = ((await remote.cpuMicros()) - node) / requests;
  const after = postgres.cpuMicros();
  const stored = await remote.call<number>('count');
  if (stored !== requests + warm.requests) throw new Error(`${requests + warm.requests} acknowledged, but ${stored} stored`);
  const latencies = await post({ url, headers, body: orderEvent, ...PACE });
  return {
    perSecond: requests / seconds,
    nodeMicros,
    postgresMicros: server === undefined || after === undefined ? undefined : (after - server) / requests,
    latencies,
  };
}
