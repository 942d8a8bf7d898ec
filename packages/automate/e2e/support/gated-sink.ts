import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers a request when it is told to, so that a test decides how long a step runs. */
export interface GatedSink {
  readonly url: string;
  /** For the allow-list. */
  readonly host: string;
  /** The paths of the requests, in the order they came. */
  readonly paths: string[];
  /** How many wait for their answer. */
  waiting(): number;
  /** Answers those that have waited longest, all by default, with a status, 200 by default. */
  release(options?: { readonly count?: number; readonly status?: number }): void;
  close(): Promise<void>;
}

export async function createGatedSink(): Promise<GatedSink> {
  const paths: string[] = [];
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume();
    held.push(response);
    response.on('close', () => {
      const at = held.indexOf(response);
      if (at >= 0) held.splice(at, 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    paths,
    waiting: () => held.length,
    release({ count = held.length, status = 200 } = {}) {
      for (const response of held.splice(0, count)) response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
