import type { Readable } from 'node:stream';
import { AppError, type Logger } from '../kernel/index.ts';
import { type BreakerOptions, createBreaker } from './breaker.ts';
import { type Connect, createConnections } from './connections.ts';
import { abortable, type Deadline, startDeadline } from './deadline.ts';
import { outboundErrors } from './errors.ts';
import { describeFailure, exchange, type Hop, type Reply, readReply } from './exchange.ts';
import { checkHeaders, checkMethod, type RequestHeaders, redirectHeaders } from './headers.ts';
import { createPace } from './pace.ts';
import { createGuard, type OutboundPolicy } from './policy.ts';
import { createProxyDialler } from './proxy.ts';
import { redirectOf, redirectTarget } from './redirects.ts';
import { createResolver, type Resolve } from './resolve.ts';
import { parseTarget, type Target } from './target.ts';

/** One guarded request. */
export interface OutboundRequest {
  /** Absolute, http or https. */
  readonly url: string;
  /** Default GET. */
  readonly method?: string;
  readonly headers?: RequestHeaders;
  readonly body?: string | Uint8Array;
  /** For look-up, connection, redirects, headers and body together. Default 30,000. */
  readonly timeoutMs?: number;
  /** Largest body, before and after decompression. Default 10 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** Default true; false hands a 3xx back as it is, as a webhook delivery wants. */
  readonly followRedirects?: boolean;
  /** Default and most 5. */
  readonly maxRedirects?: number;
  /** Asked about every URL that is called, those of redirects too. @throws to refuse */
  readonly checkUrl?: (url: URL) => void;
  /** On whose behalf: what one tenant does to a host, such as making it fail, holds up nobody else. */
  readonly tenantId?: string;
}

export interface OutboundResponse<Body = Buffer> {
  readonly status: number;
  /** Names in lower case. Content encoding is undone. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Body;
  /** Where the reply came from, after redirects. */
  readonly url: string;
}

/** The only way out of the product for calls on behalf of a tenant. */
export interface Outbound {
  /** Sends a request and reads its whole reply. @throws AppError `outbound_*` */
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /** Like {@link Outbound.request}, but hands out the body as it arrives; deadline and caps stay in force until its end. */
  stream(request: OutboundRequest): Promise<OutboundResponse<Readable>>;
  /** Looks the URL up and refuses what `request` would refuse, without dialling: for a URL that is stored for later. */
  check(url: string): Promise<void>;
  /** The part of {@link Outbound.check} that needs no look-up: for a URL that is being saved. @throws AppError `outbound_refused` */
  checkText(url: string): void;
  close(): Promise<void>;
}

export interface OutboundOptions {
  readonly policy?: OutboundPolicy;
  /** Asked about every URL that is called on behalf of a tenant, those of redirects too, before anything is looked up. @throws to refuse */
  readonly requireHost?: (tenantId: string, url: URL) => Promise<void> | undefined;
  /** Sends everything through this HTTP proxy, which then resolves names and decides about their addresses. */
  readonly proxyUrl?: string | undefined;
  /** Requests a second to one host from this process; more wait for their turn. Default 100; 0 is no limit. */
  readonly hostRatePerSecond?: number | undefined;
  readonly breaker?: BreakerOptions;
  readonly logger?: Pick<Logger, 'warn' | 'debug'>;
  /** Replaces DNS, in tests. */
  readonly resolve?: Resolve;
  /** Replaces the network, in tests. */
  readonly connect?: Connect;
}

const DEFAULT_MAX_BYTES = 10 * 1_024 * 1_024;
const MAX_REDIRECTS = 5;
const RESOLVE_TIMEOUT_MS = 5_000;

/**
 * Creates the guarded HTTP client: strict URL, own look-up, every answer public, connection pinned to the checked
 * address, checked again on each redirect, with a deadline and size caps. It takes no proxy from the environment.
 * @example
 * const outbound = createOutbound({ policy: { allowHosts: ['erp.internal:8443'] }, logger });
 * const { status, body } = await outbound.request({ url: 'https://example.com/' });
 */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const guard = createGuard(options.policy);
  const resolve = options.resolve ?? createResolver();
  const connections = createConnections(options.connect ?? (options.proxyUrl ? createProxyDialler(options.proxyUrl) : undefined));
  const pace = createPace({ perSecond: options.hostRatePerSecond ?? 100 });
  const breaker = createBreaker(options.breaker);

  return {
    async request(request) {
      const deadline = startDeadline(request);
      try {
        const { reply, url } = await send(request, deadline);
        return { status: reply.status, headers: reply.headers, body: await readReply(reply), url };
      } catch (error) {
        throw fail(error, request, deadline);
      } finally {
        deadline.stop();
      }
    },
    async stream(request) {
      const deadline = startDeadline(request);
      try {
        const { reply, url } = await send(request, deadline);
        const end = () => reply.stream.destroy(fail(deadline.signal.reason, request, deadline));
        // Within the same turn as undici's own abort, so that the stream ends with our error and not with the one it makes.
        deadline.signal.addEventListener('abort', end, { once: true });
        reply.stream.once('close', () => {
          deadline.signal.removeEventListener('abort', end);
          deadline.stop();
        });
        return { status: reply.status, headers: reply.headers, body: reply.stream, url };
      } catch (error) {
        deadline.stop();
        throw fail(error, request, deadline);
      }
    },
    async check(url) {
      const deadline = startDeadline({ timeoutMs: RESOLVE_TIMEOUT_MS });
      try {
        await admit(parseTarget(url), deadline.signal);
      } catch (error) {
        throw fail(error, { url }, deadline);
      } finally {
        deadline.stop();
      }
    },
    checkText(url) {
      const target = parseTarget(url);
      guard.checkTarget(target);
      if (target.literal) guard.checkAddresses(target, [target.literal]);
    },
    close: () => connections.close(),
  };

  /** Everything that has to hold before a connection may be opened; returns the addresses it may go to. */
  async function admit(target: Target, signal: AbortSignal): Promise<readonly string[]> {
    guard.checkTarget(target);
    if (target.literal) {
      guard.checkAddresses(target, [target.literal]);
      return [target.literal];
    }
    // Its address is the proxy's matter, and this machine may not even know the name.
    if (options.proxyUrl) return [target.host];
    const lookup = resolve(target.host, { isLocal: guard.isListed(target) });
    const addresses = await abortable(lookup, signal, RESOLVE_TIMEOUT_MS).catch((cause) => {
      // A name that does not exist stays away; any other failure of the look-up may pass, so it keeps its own code.
      if (!['ENOTFOUND', 'ENODATA'].includes(cause?.code)) throw cause;
      throw outboundErrors.outbound_refused(`The host ${target.host} could not be found.`, { cause });
    });
    guard.checkAddresses(target, addresses);
    return addresses;
  }

  async function send(request: OutboundRequest, deadline: Deadline): Promise<{ reply: Reply; url: string }> {
    const maxBytes = request.maxBytes ?? DEFAULT_MAX_BYTES;
    let method = checkMethod(request.method);
    let headers = checkHeaders(request.headers);
    let body = request.body === undefined ? undefined : Buffer.from(request.body);
    let target = parseTarget(request.url);
    const seen = new Set<string>();
    for (let hops = 0; ; hops++) {
      seen.add(`${method} ${target.url.href}`);
      request.checkUrl?.(target.url);
      if (request.tenantId !== undefined) await options.requireHost?.(request.tenantId, target.url);
      const addresses = await admit(target, deadline.signal);
      const reply = await exchangeInTurn(
        { target, addresses, method, headers, body },
        { deadline, maxBytes, party: `${request.tenantId ?? ''} ${target.url.origin}` },
      );
      options.logger?.debug({ host: target.host, status: reply.status, 'http.request.method': method }, 'outbound reply');
      const location = redirectOf(reply, request.followRedirects);
      if (location === undefined) return { reply, url: target.url.href };
      reply.stream.destroy();
      if (hops >= Math.min(request.maxRedirects ?? MAX_REDIRECTS, MAX_REDIRECTS)) throw tooMany(target);
      const next = redirectTarget(location, target);
      const keepsBody = reply.status === 307 || reply.status === 308 || (reply.status !== 303 && method !== 'POST');
      headers = redirectHeaders(headers, target, next, keepsBody);
      if (!keepsBody) {
        method = method === 'HEAD' ? 'HEAD' : 'GET';
        body = undefined;
      }
      target = next;
      // There is no cookie jar, so the same request again can only have the same answer.
      if (seen.has(`${method} ${target.url.href}`)) throw inCircle(target);
    }
  }

  /** One exchange, when the host can be expected to answer and it is the request's turn. */
  async function exchangeInTurn(hop: Hop, limits: { deadline: Deadline; maxBytes: number; party: string }): Promise<Reply> {
    const { deadline, maxBytes, party } = limits;
    const { host } = hop.target;
    breaker.admit(party, host);
    try {
      await pace.turn(party, host, deadline.signal);
      const reply = await exchange(connections, hop, { signal: deadline.signal, maxBytes });
      // What stands before a server that is down says so with these.
      if ([502, 503, 504].includes(reply.status)) breaker.failed(party);
      else breaker.succeeded(party);
      return reply;
    } catch (error) {
      const isOurs = AppError.is(error) || (deadline.signal.aborted && !deadline.timedOut());
      if (isOurs) breaker.undecided(party);
      else breaker.failed(party);
      throw error;
    }
  }

  function fail(error: unknown, request: OutboundRequest, deadline: Deadline) {
    const host = URL.canParse(request.url) ? new URL(request.url).hostname : 'given';
    const described = describeFailure(error, host, { timedOut: deadline.timedOut(), signal: request.signal });
    options.logger?.warn({ host, 'error.code': described.code, reason: described.detail }, 'outbound request failed');
    return described;
  }
}

function tooMany(target: Target) {
  return outboundErrors.outbound_too_many_redirects(`The host ${target.host} redirects too often.`);
}

/** No limit was reached: the next hop is refused, since it was called already. */
function inCircle(target: Target) {
  const detail = `The host ${target.host} redirects in a circle.`;
  return outboundErrors.outbound_too_many_redirects(detail, { cause: outboundErrors.outbound_refused(detail) });
}
