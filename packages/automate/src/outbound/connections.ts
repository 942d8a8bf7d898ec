import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { buildConnector, Pool } from 'undici';
import type { Target } from './target.ts';

/** One address to open a connection to: it has been checked, and nothing resolves a name after this point. */
export interface Dial {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'http:' | 'https:';
  /** Name for TLS (SNI and certificate); undefined when the URL holds an address. */
  readonly serverName: string | undefined;
}

export type Connect = (dial: Dial) => Promise<Duplex>;

export interface Connections {
  /** The pool whose connections go to these checked addresses and nowhere else. */
  poolFor(target: Target, addresses: readonly string[]): Promise<Pool>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_POOLS = 256;
const MAX_ATTEMPTS = 3;
const MAX_HEADER_BYTES = 64 * 1_024;

/** Keeps connections open between requests, apart for each origin and set of checked addresses. */
export function createConnections(connect: Connect = createDialler()): Connections {
  const pools = new Map<string, Pool>();

  return {
    async poolFor(target, addresses) {
      const key = `${target.url.origin}|${addresses.join(',')}`;
      const known = pools.get(key);
      if (known) {
        pools.delete(key);
        pools.set(key, known);
        return known;
      }
      const { Pool } = await load();
      const pool = new Pool(target.url.origin, {
        connect: connector(connect, target, addresses),
        allowH2: false,
        pipelining: 1,
        maxHeaderSize: MAX_HEADER_BYTES,
        // One deadline covers the whole exchange, see exchange.ts.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      pools.set(key, pool);
      const [oldest] = pools;
      if (pools.size > MAX_POOLS && oldest) {
        pools.delete(oldest[0]);
        oldest[1].close().catch(() => {});
      }
      return pool;
    },
    async close() {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}

let undici: Promise<typeof import('undici')> | undefined;

/** Many processes never call anybody. To look a module up takes longer than to wait for it. */
function load(): Promise<typeof import('undici')> {
  undici ??= import('undici');
  return undici;
}

/** Opens real TCP and TLS connections. */
function createDialler(): Connect {
  let open: buildConnector.connector | undefined;
  return async (dial) => {
    const { buildConnector } = await load();
    open ??= buildConnector({ allowH2: false, timeout: CONNECT_TIMEOUT_MS });
    const connect = open;
    return new Promise((resolve, reject) => {
      const options = {
        hostname: dial.address,
        host: dial.address,
        protocol: dial.protocol,
        port: String(dial.port),
        ...(dial.protocol === 'https:' && dial.serverName ? { servername: dial.serverName } : {}),
      };
      connect(options, (error, socket) => (error ? reject(error) : resolve(socket as Socket)));
    });
  };
}

function connector(connect: Connect, target: Target, addresses: readonly string[]): buildConnector.connector {
  const serverName = target.literal ? undefined : target.host;
  return (_options, callback) => {
    const attempt = async (): Promise<Duplex> => {
      let failure: unknown;
      for (const address of addresses.slice(0, MAX_ATTEMPTS)) {
        try {
          return await connect({ address, port: target.port, protocol: target.protocol, serverName });
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    };
    attempt().then(
      (socket) => callback(null, socket as Socket),
      (error: Error) => callback(error, null),
    );
  };
}
