import { percentile, report, say } from '../harness/figures.ts';
import { startPostgres } from '../harness/postgres.ts';
import { productEnvironment, TOKEN } from '../harness/product.ts';
import { type Remote, startRemote } from '../harness/remote.ts';
import { startPortkey } from './portkey.ts';
import { ask, type Probe, type Way } from './probe.ts';

const ROUNDS = 7;
const SERIAL = 300;
const WIDE = 2_000;
const CONNECTIONS = 16;
const STREAMS = 6;
const MANY = 50_000;
const ways = ['direct', 'floor', 'portkey', 'product'] as const;
type WayName = (typeof ways)[number];
interface Round {
  readonly serial: readonly Probe[];
  readonly wide: readonly Probe[];
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly streams: readonly Probe[];
}

/** What a call costs more than asking the vendor itself: beside Portkey, and beside the least that a proxy can do. */
export async function run({ profileDirectory }: { profileDirectory: string | undefined }): Promise<void> {
  const postgres = await startPostgres();
  const upstream = await startRemote(new URL('./upstream-process.ts', import.meta.url));
  const url = await upstream.call<string>('url');
  const floor = await startRemote(new URL('./floor-process.ts', import.meta.url), { environment: { UPSTREAM: url } });
  const environment = {
    ...productEnvironment({ url: await postgres.createDatabase('gateway') }),
    AUTOMATE_OUTBOUND_ALLOW_HOSTS: new URL(url).host,
    UPSTREAM: url,
  };
  const product = await startRemote(new URL('./product-process.ts', import.meta.url), { environment, profileDirectory });
  const portkey = await startPortkey();
  const ours = { authorization: `Bearer ${TOKEN}` };
  const targets: Record<WayName, Way> = {
    direct: { url, headers: {} },
    floor: { url: await floor.call<string>('url'), headers: ours },
    portkey: {
      url: portkey.url,
      headers: { authorization: 'Bearer vendor', 'x-portkey-provider': 'openai', 'x-portkey-custom-host': url },
    },
    product: { url: await product.call<string>('url'), headers: ours },
  };
  const cpu: Record<WayName, () => Promise<number>> = {
    direct: () => upstream.cpuMicros(),
    floor: () => floor.cpuMicros(),
    portkey: async () => portkey.cpuMicros(),
    product: () => product.cpuMicros(),
  };

  const rounds: Record<WayName, Round[]> = { direct: [], floor: [], portkey: [], product: [] };
  say('gateway, warming up');
  for (const way of ways) {
    await ask(targets[way], { amount: 4_000, connections: CONNECTIONS });
    await ask(targets[way], { amount: 500, connections: 1 });
  }
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`gateway, round ${round} of ${ROUNDS}`);
    for (const way of round % 2 === 0 ? ways.toReversed() : ways) rounds[way].push(await measure(targets[way], cpu[way]));
  }
  reportRounds(rounds);
  await reportMemory(product, targets.product);
  for (const remote of [product, floor, upstream]) await remote.stop();
  await portkey.stop();
  await postgres.stop();
}

async function measure(way: Way, cpu: () => Promise<number>): Promise<Round> {
  const before = await cpu();
  const serial = await ask(way, { amount: SERIAL, connections: 1 });
  const cpuMicros = ((await cpu()) - before) / SERIAL;
  const began = performance.now();
  const wide = await ask(way, { amount: WIDE, connections: CONNECTIONS });
  const perSecond = (WIDE * 1_000) / (performance.now() - began);
  const streams = await ask(way, { amount: STREAMS, connections: 1, isStreamed: true });
  return { serial, wide, perSecond, cpuMicros, streams };
}

function reportRounds(rounds: Record<WayName, Round[]>): void {
  const at = (fraction: number, pick: (round: Round) => readonly number[]) => (round: Round) => percentile(pick(round), fraction);
  const of = (way: WayName, figure: (round: Round) => number) => rounds[way].map(figure);
  const added = (way: WayName, figure: (round: Round) => number) =>
    rounds[way].map((round, index) => figure(round) - figure(rounds.direct[index] as Round));
  const p50 = at(0.5, ({ serial }) => serial.map(({ total }) => total));
  const p99 = at(0.99, ({ serial }) => serial.map(({ total }) => total));
  const wideP99 = at(0.99, ({ wide }) => wide.map(({ total }) => total));
  const first = at(0.5, ({ streams }) => streams.map((probe) => probe.first));
  const peers = { bench: 'gateway', note: 'peer: Portkey 1.15.2' };
  report({
    ...peers,
    figure: 'added_p50',
    unit: 'ms',
    values: added('product', p50),
    peers: added('portkey', p50),
    target: { of: 'value', atMost: 0.55 },
  });
  report({
    ...peers,
    figure: 'added_p50_to_portkey',
    unit: 'ms',
    values: added('product', p50),
    peers: added('portkey', p50),
    target: { of: 'ratio', atMost: 0.6 },
  });
  report({
    bench: 'gateway',
    figure: 'floor_added_p50',
    unit: 'ms',
    values: added('floor', p50),
    note: 'bare Fastify and undici',
  });
  report({
    ...peers,
    figure: 'p99',
    unit: 'ms',
    values: of('product', p99),
    peers: of('portkey', p99),
    target: { of: 'ratio', atMost: 0.7 },
  });
  report({
    ...peers,
    figure: 'p99_16',
    unit: 'ms',
    values: of('product', wideP99),
    peers: of('portkey', wideP99),
    target: { of: 'ratio', atMost: 0.7 },
  });
  reportThroughput(rounds);
  report({
    ...peers,
    figure: 'first_byte_added',
    unit: 'ms',
    values: added('product', first),
    peers: added('portkey', first),
    target: { of: 'value', atMost: 3 },
  });
  report({
    ...peers,
    figure: 'first_byte_to_portkey',
    unit: 'ms',
    values: added('product', first),
    peers: added('portkey', first),
    target: { of: 'ratio', atMost: 0.15 },
  });
}

function reportThroughput(rounds: Record<WayName, Round[]>): void {
  const of = (way: WayName, figure: (round: Round) => number) => rounds[way].map(figure);
  const peers = { bench: 'gateway', note: 'peer: Portkey 1.15.2' };
  const rate = ({ perSecond }: Round) => perSecond;
  report({
    ...peers,
    figure: 'rate_16',
    unit: 'requests/s',
    values: of('product', rate),
    peers: of('portkey', rate),
    target: { of: 'ratio', atLeast: 3 },
  });
  report({
    bench: 'gateway',
    figure: 'floor_rate_16',
    unit: 'requests/s',
    values: of('floor', rate),
    note: 'bare Fastify and undici',
  });
  const cpu = ({ cpuMicros }: Round) => cpuMicros;
  report({
    ...peers,
    figure: 'cpu',
    unit: 'µs/request',
    values: of('product', cpu),
    peers: of('portkey', cpu),
    target: { of: 'ratio', atMost: 0.5 },
  });
  report({ bench: 'gateway', figure: 'floor_cpu', unit: 'µs/request', values: of('floor', cpu) });
}

/** What stays in memory after many calls. */
async function reportMemory(product: Remote, way: Way): Promise<void> {
  say(`gateway, ${MANY} calls for what stays in memory`);
  const before = await product.call<number>('rss');
  await ask(way, { amount: MANY, connections: CONNECTIONS });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const grown = ((await product.call<number>('rss')) - before) / 1_048_576;
  report({ bench: 'gateway', figure: 'rss_growth', unit: 'MiB', values: [grown], target: { of: 'value', atMost: 30 } });
  say(`  calls in the log: ${await product.call<number>('logged')}`);
}
