import type { Logger } from '../kernel/index.ts';
import type { Admission } from './admission.ts';
import type { Call } from './call.ts';
import type { Deadline } from './deadline.ts';
import { outboundErrors } from './errors.ts';
import type { Hop, Reply } from './exchange.ts';
import { checkHeaders, checkMethod } from './headers.ts';
import { redirected, redirectOf } from './redirects.ts';
import type { OutboundRequest } from './request.ts';
import { parseTarget, type Target } from './target.ts';

/** Sends a request wherever redirects lead, each hop checked as the first one. */
export type Send = (request: OutboundRequest, deadline: Deadline) => Promise<{ readonly reply: Reply; readonly url: string }>;

export interface SendOptions {
  readonly admission: Pick<Admission, 'admit'>;
  readonly call: Call;
  readonly requireHost: ((tenantId: string, url: URL) => Promise<void> | undefined) | undefined;
  readonly logger: Pick<Logger, 'debug'> | undefined;
}

const DEFAULT_MAX_BYTES = 10 * 1_024 * 1_024;
const MAX_REDIRECTS = 5;

export function createSend({ admission, call, requireHost, logger }: SendOptions): Send {
  return async (request, deadline) => {
    const maxBytes = request.maxBytes ?? DEFAULT_MAX_BYTES;
    let hop = firstHop(request);
    const seen = new Set<string>();
    for (let hops = 0; ; hops++) {
      const { target, method } = hop;
      seen.add(`${method} ${target.url.href}`);
      request.checkUrl?.(target.url);
      if (request.tenantId !== undefined) await requireHost?.(request.tenantId, target.url);
      const addresses = await admission.admit(target, deadline.signal);
      const party = `${request.tenantId ?? ''} ${target.url.origin}`;
      const reply = await call({ ...hop, addresses }, { deadline, maxBytes, party, hasOwnLimits: request.hasOwnLimits ?? false });
      logger?.debug({ host: target.host, status: reply.status, 'http.request.method': method }, 'outbound reply');
      const location = redirectOf(reply, request.followRedirects);
      if (location === undefined) return { reply, url: target.url.href };
      reply.stream.destroy();
      if (hops >= Math.min(request.maxRedirects ?? MAX_REDIRECTS, MAX_REDIRECTS)) throw tooMany(target);
      hop = redirected(hop, reply.status, location);
      // There is no cookie jar, so the same request again can only have the same answer.
      if (seen.has(`${hop.method} ${hop.target.url.href}`)) throw inCircle(hop.target);
    }
  };
}

function firstHop(request: OutboundRequest): Omit<Hop, 'addresses'> {
  const method = checkMethod(request.method);
  const headers = checkHeaders(request.headers);
  const body = request.body === undefined ? undefined : Buffer.from(request.body);
  return { method, headers, body, target: parseTarget(request.url) };
}

function tooMany(target: Target) {
  return outboundErrors.outbound_too_many_redirects(`The host ${target.host} redirects too often.`);
}

/** No limit was reached: the next hop is refused, since it was called already. */
function inCircle(target: Target) {
  const detail = `The host ${target.host} redirects in a circle.`;
  return outboundErrors.outbound_too_many_redirects(detail, { cause: outboundErrors.outbound_refused(detail) });
}
