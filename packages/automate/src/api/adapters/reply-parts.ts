import type { Readable } from 'node:stream';
import { AppError } from '../../kernel/index.ts';
import { PROBLEM_CONTENT_TYPE, toProblemReply } from '../http/problem.ts';
import { JSON_CONTENT_TYPE, RawReply } from '../http/reply.ts';
import type { Api } from '../requests/api.ts';
import { challengeOf } from '../requests/challenge.ts';
import type { RequestContext } from '../requests/request-context.ts';

/** A whole reply, for whatever carries it. */
export interface ReplyParts {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | Readable;
}

/** What a request that went well is answered with, save for event streams. */
export function replyOf(ctx: RequestContext): ReplyParts {
  const { result, head, lastingHeaders, route } = ctx;
  const status = head?.statusCode ?? route.status;
  if (result instanceof RawReply) {
    const headers = { ...commonHeaders(ctx.traceId), ...lastingHeaders, ...result.headers, ...head?.headers };
    return { status: result.status ?? status, headers, body: result.body };
  }
  const headers = commonHeaders(ctx.traceId);
  if (result !== '') headers['content-type'] = JSON_CONTENT_TYPE;
  if (ctx.etag !== undefined) {
    headers.etag = ctx.etag;
    // A browser may keep what it got, and asks whether that still holds.
    if (route.method === 'GET') headers['cache-control'] = 'private, no-cache';
  }
  if (lastingHeaders) Object.assign(headers, lastingHeaders);
  if (head) Object.assign(headers, head.headers);
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
  return { status: ctx.head?.statusCode ?? 200, headers };
}

/** What a request that failed is answered with; `ctx` is null when no route was found. */
export function problemOf(api: Api, error: unknown, traceId: string, ctx: RequestContext | null): ReplyParts {
  const problem = toProblemReply(error, traceId, ctx?.principal?.tenantId);
  const headers = {
    ...commonHeaders(traceId),
    ...ctx?.lastingHeaders,
    ...(problem.status === 401 && { 'www-authenticate': challengeOf(api, ctx) }),
    ...problem.headers,
    'content-type': PROBLEM_CONTENT_TYPE,
  };
  return { status: problem.status, headers, body: problem.body };
}

/** What is our fault goes to the log with everything; the client gets the trace id. */
export function report(api: Api, error: unknown, traceId: string, ctx: RequestContext | null): void {
  if (AppError.is(error) && error.status < 500) return;
  const log = ctx?.log ?? api.logger.child({ 'trace.id': traceId });
  if (AppError.is(error) && error.status === 503) log.warn({ error }, 'request refused: unavailable');
  else log.error({ error }, 'request failed');
}

export function commonHeaders(traceId: string): Record<string, string> {
  return { 'x-trace-id': traceId, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };
}
