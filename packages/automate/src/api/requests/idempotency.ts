import { hash } from 'node:crypto';
import { AppError, type IdempotentRequest, keptReplies, type StoredReply, sizeOfReply, withoutBody } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';
import { toProblemReply } from '../http/problem.ts';
import { JSON_CONTENT_TYPE, RawReply } from '../http/reply.ts';
import { headerOf } from '../http/request.ts';
import { presenting, type RequestContext } from './request-context.ts';

/**
 * Answers a request that carries an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the first one runs and
 * its reply is kept; the same request again gets that reply. What failed for a reason of ours is not kept, so that it can
 * be sent again.
 */
export async function executeOnce(ctx: RequestContext, request: IdempotentRequest, work: () => Promise<void>): Promise<void> {
  const { idempotency } = ctx.api;
  const claim = await idempotency.claim(request);
  switch (claim.state) {
    case 'mismatch':
      throw apiErrors.idempotency_key_reused('This Idempotency-Key was used for another request: use a new one.');
    case 'running':
      throw apiErrors.idempotency_key_in_use('A request with this Idempotency-Key is still running: try again shortly.', {
        headers: { 'retry-after': '1' },
      });
    case 'answered':
      ctx.result = replay(claim.reply, claim.reply.body);
      return;
    case 'claimed':
      break;
  }
  try {
    await work();
  } catch (error) {
    const problem = AppError.is(error) && error.status < 500 ? problemOf(error, ctx) : undefined;
    await conclude(ctx, request, claim.ticket, problem);
    throw error;
  }
  await conclude(ctx, request, claim.ticket, storable(ctx));
}

/** Keeps the reply, or gives the key back. The work is done by now: that it cannot be noted is no reason to hide its reply. */
async function conclude(ctx: RequestContext, request: IdempotentRequest, ticket: string, reply: StoredReply | undefined) {
  const { idempotency } = ctx.api;
  try {
    await (reply
      ? idempotency.answer(request, ticket, sizeOfReply(reply) > keptReplies.most ? withoutBody(reply) : reply)
      : idempotency.release(request, ticket));
  } catch (error) {
    ctx.log.warn({ error }, 'the reply could not be kept under its Idempotency-Key');
  }
}

/**
 * The key of a request, with everything it is bound to; undefined without one, and for anonymous callers, whom nothing
 * tells apart.
 * @throws `idempotency_key_invalid`
 */
export function idempotentRequest(ctx: RequestContext): IdempotentRequest | undefined {
  const key = headerOf(ctx.request, 'idempotency-key');
  if (key === undefined || !ctx.principal) return undefined;
  if (!KEY.test(key))
    throw apiErrors.idempotency_key_invalid('An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID.');
  const { rawBody = NOTHING, url } = ctx.request;
  const facts = `${ctx.route.operationId}\n${url}\n${ctx.route.options.streamed ? announced(ctx) : hash('sha256', rawBody, 'base64url')}`;
  const { tenantId, kind, id } = ctx.principal;
  return { tenantId, principalId: `${kind}:${id}`, key, fingerprint: hash('sha256', facts, 'base64url') };
}

/** What is known of a body before it is read: the boundary of a form is another each time. */
function announced({ request }: RequestContext): string {
  const type = headerOf(request, 'content-type')?.replace(/;\s*boundary=.*$/i, '');
  return JSON.stringify([type, headerOf(request, 'content-length'), headerOf(request, 'content-digest')]);
}

const KEY = /^[\x21-\x7e]{1,255}$/;
const NOTHING = new Uint8Array();

/** @throws `idempotency_reply_not_kept` */
function replay({ status, headers }: StoredReply, body: string | null): RawReply {
  if (body === null) {
    const detail = `The request was done and answered with ${status}; its reply was too large to be kept. Look at what it changed, or use a new key.`;
    throw apiErrors.idempotency_reply_not_kept(detail, { headers: { 'idempotent-replayed': 'true' } });
  }
  return new RawReply(body, { status, headers: { ...headers, 'idempotent-replayed': 'true' } });
}

/** The reply as it can be sent again; undefined for what is not text. */
function storable(ctx: RequestContext): StoredReply | undefined {
  const { result, head, route } = ctx;
  const status = head?.statusCode ?? route.status;
  if (typeof result === 'string') {
    const headers = {
      ...(result !== '' && { 'content-type': JSON_CONTENT_TYPE }),
      ...(ctx.etag && { etag: ctx.etag }),
      ...head?.headers,
    };
    return { status, headers, body: result };
  }
  if (!(result instanceof RawReply) || typeof result.body !== 'string') return undefined;
  return { status: result.status ?? status, headers: { ...result.headers, ...head?.headers }, body: result.body };
}

function problemOf(error: AppError, ctx: RequestContext): StoredReply {
  const { status, headers, contentType, body } = toProblemReply(error, ctx.traceId, ctx.principal?.tenantId, presenting(ctx));
  return { status, headers: { 'content-type': contentType, ...headers }, body };
}
