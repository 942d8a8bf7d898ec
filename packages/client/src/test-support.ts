import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bind } from './client.ts';
import type { EventStream } from './event-stream.ts';
import type { Operation } from './operation.ts';
import type { ClientOptions } from './options.ts';
import type { Call } from './reply.ts';
import { createTransport } from './transport.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface LocalServer {
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

type Handler = (request: Received, response: ServerResponse, number: number) => void;

/** A real server that remembers what it was sent. */
export async function startServer(handle: Handler): Promise<LocalServer> {
  const received: Received[] = [];
  const listener: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    handle(seen, response, received.push(seen));
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A method for one operation, as the generated client would have it. */
export function methodOf<Result = Call<unknown>>(operation: Partial<Operation>, options: ClientOptions) {
  const full = { id: 'thing.do', method: 'GET', path: '/things/', gives: ['application/json'], ...operation };
  return bind({ things: { do: full } }, createTransport(options)).things?.do as unknown as (...given: unknown[]) => Result;
}

export function streamOf(operation: Partial<Operation>, options: ClientOptions) {
  return methodOf<EventStream>({ gives: ['text/event-stream'], ...operation }, options);
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
