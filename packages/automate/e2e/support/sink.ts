import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SinkCall {
  readonly key: string;
  readonly at: number;
}

/** The outside world: an HTTP server that records each call's idempotency key and time. */
export interface Sink {
  readonly url: string;
  /** `host:port`, for the allow-list. */
  readonly host: string;
  readonly calls: SinkCall[];
  close(): Promise<void>;
}

export async function createSink(): Promise<Sink> {
  const calls: SinkCall[] = [];
  const server = createServer((request, response) => {
    calls.push({ key: String(request.headers['idempotency-key']), at: Date.now() });
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}/`,
    host,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
