import type { AddressInfo } from 'node:net';
import {
  type Api,
  createFastifyServer,
  createFetchHandler,
  createNodeHandler,
  type FetchHandler,
  fastifyPlugin,
  type NodeHandler,
} from '../api/index.ts';
import { loadStatements } from '../db/index.ts';
import { AppError, type Settings } from '../kernel/index.ts';

/** The ways to reach an API over HTTP: a server of its own, or inside of a host's. */
export interface Doors {
  readonly plugin: ReturnType<typeof fastifyPlugin>;
  readonly fetch: FetchHandler;
  readonly handler: NodeHandler;
  /** Resolves with the address once it listens. @throws AppError `cannot_listen` */
  listen(): Promise<string>;
  close(): Promise<void>;
}

export function createDoors(api: Api, http: Settings['http']): Doors {
  const fetch = createFetchHandler(api);
  const handler = createNodeHandler(api);
  let server: ReturnType<typeof createFastifyServer> | undefined;
  return {
    plugin: fastifyPlugin(api),
    fetch,
    handler,
    async listen() {
      server ??= createFastifyServer(api);
      await loadStatements();
      await server.listen({ host: http.host, port: http.port }).catch((error: NodeJS.ErrnoException) => {
        throw cannotListen(http, error);
      });
      const { port } = server.server.address() as AddressInfo;
      return `http://${http.host.includes(':') ? `[${http.host}]` : http.host}:${port}`;
    },
    async close() {
      fetch.close();
      handler.close();
      await server?.close();
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it. Choose another PORT.',
  EACCES: 'it may not be used by this user. Choose a PORT from 1024 on.',
  EADDRNOTAVAIL: 'this machine has no such address. Set HOST to one it has.',
};

function cannotListen({ host, port }: Settings['http'], error: NodeJS.ErrnoException): unknown {
  const reason = REASONS[error.code ?? ''];
  if (!reason) return error;
  const detail = `Cannot listen on ${host}:${port}: ${reason}`;
  return new AppError({ status: 500, code: 'cannot_listen', title: 'Cannot listen', detail, cause: error });
}
