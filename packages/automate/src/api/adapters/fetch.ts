import { PassThrough, Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { announcesBody } from '../http/request.ts';
import type { Api } from '../requests/api.ts';
import { createDispatcher, type EventsAnswer, type HostRequest } from './dispatcher.ts';
import { bodyConsumed, readAll, requireLength } from './node.ts';
import { createOpenStreams, type OpenStreams } from './open-streams.ts';
import type { ReplyParts } from './reply-parts.ts';
import { runStream } from './run-stream.ts';

export interface FetchHandler {
  /** @param info.ip address of whoever connected, for rate limits and the audit record; without it all clients count as one */
  (request: Request, info?: { readonly ip?: string | undefined }): Promise<Response>;
  /** Ends open event streams; await it before closing the server, which waits for their connections. */
  close(): Promise<void>;
}

/**
 * The API as a function from Request to Response, for Hono, route handlers of Next.js and the like. The request's URL must hold
 * the whole path: under a prefix, give that to the API as its `basePath`.
 * @example
 * const handler = createFetchHandler(createApi({ router, services, basePath: '/automate' }));
 * new Hono().all('/automate/*', (c) => handler(c.req.raw));
 */
export function createFetchHandler(api: Api): FetchHandler {
  const dispatcher = createDispatcher(api);
  const streams = createOpenStreams();

  const handler = async (request: Request, info: { readonly ip?: string | undefined } = {}): Promise<Response> => {
    // Fires also when the reply is dropped while it is being sent, which the request's own signal does not tell everywhere.
    const dropped = new AbortController();
    const signal = AbortSignal.any([request.signal, dropped.signal]);
    const answer = await dispatcher.answer(hostRequestOf(api, request, signal, info.ip));
    const isHead = request.method === 'HEAD';
    return 'stream' in answer ? eventsResponse(answer, isHead, signal, streams) : responseOf(answer, isHead, dropped);
  };
  return Object.assign(handler, { close: () => streams.close() });
}

function hostRequestOf(api: Api, request: Request, signal: AbortSignal, ip: string | undefined): HostRequest {
  const { pathname, search } = new URL(request.url);
  const headers: Record<string, string> = Object.fromEntries(request.headers);
  // A request made in the same process, or that came by HTTP/2, announces its body in no header.
  if (request.body && !('content-length' in headers)) headers['transfer-encoding'] ??= 'chunked';
  return {
    method: request.method,
    url: pathname + search,
    path: pathname,
    headers,
    ip: api.clientAddress(ip ?? '', headers['x-forwarded-for']),
    signal,
    async readBody(limit) {
      requireLength(headers['content-length'], limit);
      const body = this.openBody();
      return body && readAll(body, limit);
    },
    openBody() {
      if (!announcesBody(headers)) return undefined;
      if (request.bodyUsed) throw bodyConsumed();
      return request.body ?? undefined;
    },
  };
}

function responseOf({ status, headers, body }: ReplyParts, isHead: boolean, dropped: AbortController): Response {
  if (body === null) return new Response(null, { status, headers: { ...headers } });
  if (body instanceof Readable) {
    body.once('close', () => {
      if (!body.readableEnded) dropped.abort();
    });
    return new Response(webStreamOf(body), { status, headers: { ...headers } });
  }
  const isBare = status === 204 || status === 304;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  return new Response(isHead || isBare ? null : (body as string | Uint8Array<ArrayBuffer>), {
    status,
    // A view knows best how long the body would be that it leaves out of its answer to HEAD; else what is sent is counted.
    headers: isBare ? { ...headers } : { ...headers, 'content-length': (isHead && headers['content-length']) || String(length) },
  });
}

function eventsResponse(answer: EventsAnswer, isHead: boolean, signal: AbortSignal, streams: OpenStreams): Response {
  const { status, ctx, stream, lastEventId } = answer;
  const headers = { ...answer.headers };
  if (isHead) return new Response(null, { status, headers });
  // Closed by its end, by a reader that cancels, or by the pump when the reader has stalled.
  const sink = new PassThrough();
  const ended = AbortSignal.any([signal, streams.hold(sink).signal]);
  void runStream({ ctx, stream, lastEventId, sink, signal: ended });
  return new Response(webStreamOf(sink), { status, headers });
}

/** Keeps back-pressure, and destroys the stream when its reader cancels. */
function webStreamOf(stream: Readable): ReadableStream {
  return Readable.toWeb(stream) as NodeReadableStream as ReadableStream;
}
