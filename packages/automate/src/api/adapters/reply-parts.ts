import { Readable } from 'node:stream';
import { AppError } from '../../kernel/index.ts';
import { toProblemReply } from '../http/problem.ts';
import { JSON_CONTENT_TYPE, RawReply } from '../http/reply.ts';
import type { Api } from '../requests/api.ts';
import { challengeOf } from '../requests/challenge.ts';
import { presenting, type RequestContext } from '../requests/request-context.ts';

/** A whole reply, for whatever carries it. */
export interface ReplyParts {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null: the answer to a HEAD request for what is made while it is read. Its length is whatever the headers say of it. */
  readonly body: string | Uint8Array | Readable | null;
}

/** What a request that went well is answered with, save for event streams. */
export function replyOf(ctx: RequestContext): ReplyParts {
  const { result, head, lastingHeaders, route } = ctx;
  const status = head?.statusCode ?? route.status;
  if (result instanceof RawReply) {
    const headers = { ...commonHeaders(ctx.traceId), ...lastingHeaders, ...result.headers, ...head?.headers };
    keepVary(headers, lastingHeaders);
    return { status: result.status ?? status, headers, body: bodyOf(result, ctx) };
  }
  const headers = commonHeaders(ctx.traceId);
  if (result !== '') headers['content-type'] = JSON_CONTENT_TYPE;
  if (ctx.etag !== undefined) {
    headers.etag = ctx.etag;
    // A browser may keep what it got, and asks whether that still holds.
    if (route.method === 'GET') headers['cache-control'] = 'private, no-cache';
  }
  if (lastingHeaders) Object.assign(headers, lastingHeaders);
  if (head) {
    Object.assign(headers, head.headers);
    keepVary(headers, lastingHeaders);
  }
  return { status, headers, body: result as string };
}

/** The head of a reply that goes on with events. */
export function eventsHeadOf(ctx: RequestContext): Omit<ReplyParts, 'body'> {
  const headers = {
    ...commonHeaders(ctx.traceId),
    ...ctx.lastingHeaders,
    ...ctx.head?.headers,
    'content-type': 'text/event-stream; charset=utf-8',
    // Nginx would hold events back.
    'x-accel-buffering': 'no',
  };
  keepVary(headers, ctx.lastingHeaders);
  return { status: ctx.head?.statusCode ?? 200, headers };
}

/** What a request that failed is answered with; `ctx` is null when no route was found. */
export function problemOf(api: Api, error: unknown, traceId: string, ctx: RequestContext | null): ReplyParts {
  const problem = toProblemReply(error, traceId, ctx?.principal?.tenantId, ctx ? presenting(ctx) : undefined);
  const headers = {
    ...commonHeaders(traceId),
    ...ctx?.lastingHeaders,
    ...(problem.status === 401 && { 'www-authenticate': challengeOf(api, ctx) }),
    ...problem.headers,
    'content-type': problem.contentType,
  };
  keepVary(headers, ctx?.lastingHeaders);
  return { status: problem.status, headers, body: problem.body };
}

/** What is our fault goes to the log with everything; the client gets the trace id. */
export function report(api: Api, error: unknown, traceId: string, ctx: RequestContext | null): void {
  if (AppError.is(error) && error.status < 500) return;
  const log = ctx?.log ?? api.logger.child({ 'trace.id': traceId });
  if (AppError.is(error) && error.status === 503) log.warn({ error }, 'request refused: unavailable');
  else if (AppError.is(error) && (error.status === 502 || error.status === 504))
    log.warn({ code: error.code, reason: error.message }, 'whoever was asked on behalf of a request failed');
  else log.error({ error }, 'request failed');
}

/** The headers of a reply whose host, or a handler before ours, already said what replies of his vary by. */
export function besideHost(headers: ReplyParts['headers'], vary: number | string | readonly string[] | undefined) {
  return vary === undefined ? headers : { ...headers, vary: joinVary(String(vary), headers.vary) };
}

/** Everything that a reply varies by (RFC 9110, 12.5.5), each name once. */
function joinVary(...given: readonly (string | undefined)[]): string {
  const names = given.flatMap((list) => (list ?? '').split(',')).map((name) => name.trim());
  return [...new Map(names.filter((name) => name !== '').map((name) => [name.toLowerCase(), name])).values()].join(', ');
}

export function commonHeaders(traceId: string): Record<string, string> {
  return { 'x-trace-id': traceId, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };
}

/** Nobody reads a stream that answers HEAD, so nothing of it is made. */
function bodyOf({ body }: RawReply, { request }: RequestContext): ReplyParts['body'] {
  if (request.method !== 'HEAD' || !(body instanceof Readable)) return body;
  body.destroy();
  return null;
}

/** What a view varies by comes beside that it depends on the origin, and not in place of it. */
function keepVary(headers: Record<string, string>, lasting: Readonly<Record<string, string>> | undefined): void {
  const vary = lasting?.vary;
  if (vary !== undefined && headers.vary !== vary) headers.vary = joinVary(vary, headers.vary);
}
