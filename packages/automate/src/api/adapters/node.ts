import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { commonErrors } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';
import { announcesBody, pathOf } from '../http/request.ts';
import type { Api } from '../requests/api.ts';
import { createDispatcher, type HostRequest } from './dispatcher.ts';
import { closeSignal, writeEvents, writeReply } from './node-reply.ts';
import { createOpenStreams } from './open-streams.ts';
import { besideHost } from './reply-parts.ts';

/** A listener for `node:http`, Connect and Express. */
export interface NodeHandler {
  /** @param next takes over what is not the API's; without it that is a 404 */
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void;
  /** Ends open event streams; await it before closing the server, which waits for their connections. */
  close(): Promise<void>;
}

/**
 * The API as a listener of Node. Under Express mount it before `express.json()`, with the mount's path as the API's `basePath`.
 * @example
 * const handler = createNodeHandler(createApi({ router, services, basePath: '/automate' }));
 * express().use('/automate', handler).use(express.json());
 */
export function createNodeHandler(api: Api): NodeHandler {
  // Not Fastify's `routing`: it cannot pass on what is not ours, and would read a body that a host has read.
  const dispatcher = createDispatcher(api);
  const streams = createOpenStreams();

  async function handle(request: MountedRequest, response: ServerResponse): Promise<void> {
    const host = hostRequestOf(api, request, response);
    const answer = await dispatcher.answer(host);
    if (response.destroyed || response.headersSent) return;
    const { status } = answer;
    const headers = besideHost(answer.headers, response.getHeader('vary'));
    if ('stream' in answer) writeEvents({ ...answer, head: { status, headers }, raw: response, streams });
    else writeReply(response, { ...answer, headers: isUnread(request) ? { ...headers, connection: 'close' } : headers });
  }

  const handler = (request: MountedRequest, response: ServerResponse, next?: (error?: unknown) => void): void => {
    if (request.baseUrl && !api.basePath.startsWith(request.baseUrl)) {
      const error = apiErrors.invalid_settings(
        `The API is mounted at "${request.baseUrl}": create it with createApi({ basePath: '${request.baseUrl}' }).`,
      );
      if (!next) throw error;
      next(error);
    } else if (next && !dispatcher.owns(pathOf(urlOf(request)))) next();
    else handle(request, response).catch(next ?? (() => response.destroy()));
  };
  return Object.assign(handler, { close: () => streams.close() });
}

/**
 * Gathers a body, and stops as soon as it is longer than the limit.
 * @throws `payload_too_large`
 */
export async function readAll(source: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of source) {
    length += piece.byteLength;
    if (length > limit) throw tooLarge();
    pieces.push(piece);
  }
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
}

/** A body that stays open when its reader stops, so that a refusal can still be sent. */
export function leftOpen(body: Readable): AsyncIterable<Uint8Array> {
  return body.iterator({ destroyOnReturn: false });
}

/** Refuses a body whose announced length is over the limit, before any of it is read. */
export function requireLength(length: string | undefined, limit: number): void {
  if (Number(length ?? 0) > limit) throw tooLarge();
}

export function bodyConsumed() {
  const detail =
    'The body was read before the API saw it: mount the API before middleware that parses bodies, such as express.json().';
  return apiErrors.body_consumed(detail);
}

/** What Express and Connect add to a request. */
interface MountedRequest extends IncomingMessage {
  readonly baseUrl?: string;
  /** `url` loses the path of a mount; this does not. */
  readonly originalUrl?: string;
}

function hostRequestOf(api: Api, request: MountedRequest, response: ServerResponse): HostRequest {
  const url = urlOf(request);
  const { headers } = request;
  let signal: AbortSignal | undefined;
  return {
    method: request.method as string,
    url,
    path: pathOf(url),
    headers,
    ip: api.clientAddress(request.socket.remoteAddress ?? '', headers['x-forwarded-for']),
    get signal() {
      signal ??= closeSignal(response);
      return signal;
    },
    async readBody(limit) {
      requireLength(headers['content-length'], limit);
      const body = this.openBody();
      return body && readAll(body, limit);
    },
    openBody() {
      if (!announcesBody(headers)) return undefined;
      if (request.readableDidRead || request.readableEnded) throw bodyConsumed();
      return leftOpen(request);
    },
  };
}

function urlOf(request: MountedRequest): string {
  return request.originalUrl ?? (request.url as string);
}

/** Whether part of the body is still to come: the next request on this connection could not be told from it. */
function isUnread(request: IncomingMessage): boolean {
  return !request.complete && announcesBody(request.headers);
}

function tooLarge() {
  return commonErrors.payload_too_large('The body is larger than this route takes.');
}
