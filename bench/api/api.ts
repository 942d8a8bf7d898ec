import { report, say } from '../harness/figures.ts';
import { TOKEN } from '../harness/product.ts';
import { type Remote, startRemote } from '../harness/remote.ts';
import { saturate } from '../harness/saturate.ts';
import { tasks } from './rows.ts';

const ROUNDS = 7;
const CONNECTIONS = 16;
const servers = ['viewset', 'fastify'] as const;
const routes = {
  retrieve: { path: `${tasks[20]?.id}/`, amount: 20_000 },
  list_25: { path: '', amount: 10_000 },
} as const;
type Server = (typeof servers)[number];
type Route = keyof typeof routes;

/** What a viewset costs beside the same two routes written by hand: CPU of the server's process a request. */
export async function run({ profileDirectory }: { profileDirectory: string | undefined }): Promise<void> {
  const remotes = {} as Record<Server, Remote>;
  for (const server of servers) {
    remotes[server] = await startRemote(new URL(`./${server}-process.ts`, import.meta.url), { profileDirectory });
  }
  const micros = { viewset: { retrieve: [], list_25: [] }, fastify: { retrieve: [], list_25: [] } } as Record<
    Server,
    Record<Route, number[]>
  >;
  // The first round only warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    say(round === 0 ? 'api, warming up' : `api, round ${round} of ${ROUNDS}`);
    for (const route of Object.keys(routes) as Route[]) {
      for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
        const measured = await measure(remotes[server], route);
        if (round > 0) micros[server][route].push(measured);
      }
    }
  }
  for (const route of Object.keys(routes) as Route[]) {
    report({
      bench: 'api',
      figure: `cpu_${route}`,
      unit: 'µs/request',
      values: micros.viewset[route],
      peers: micros.fastify[route],
      target: { of: 'ratio', atMost: 1.15 },
      note: 'peer: bare Fastify 5 with zod validating and serializing, same schema and key check',
    });
  }
  for (const server of servers) await remotes[server].stop();
}

async function measure(remote: Remote, route: Route): Promise<number> {
  const { path, amount } = routes[route];
  const url = `${await remote.call<string>('url')}${path}`;
  const before = await remote.cpuMicros();
  await saturate({ url, headers: { authorization: `Bearer ${TOKEN}` }, connections: CONNECTIONS, amount });
  return ((await remote.cpuMicros()) - before) / amount;
}
