import type { Readable } from 'node:stream';
import type { Logger } from '../kernel/index.ts';
import { createAdmission } from './admission.ts';
import { type BreakerOptions, createBreaker } from './breaker.ts';
import { createCall } from './call.ts';
import { type Connect, createConnections } from './connections.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { describeFailure, type Reply, readReply } from './exchange.ts';
import { createPace } from './pace.ts';
import { createGuard, type OutboundPolicy } from './policy.ts';
import { createProxyDialler } from './proxy.ts';
import type { OutboundRequest, OutboundResponse } from './request.ts';
import { createResolver, type Resolve } from './resolve.ts';
import { createSend, type Send } from './send.ts';
import { parseTarget } from './target.ts';

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

const CHECK_TIMEOUT_MS = 5_000;

/**
 * Creates the guarded HTTP client: strict URL, own look-up, every answer public, connection pinned to the checked
 * address, checked again on each redirect, with a deadline and size caps. It takes no proxy from the environment.
 * @example
 * const outbound = createOutbound({ policy: { allowHosts: ['erp.internal:8443'] }, logger });
 * const { status, body } = await outbound.request({ url: 'https://example.com/' });
 */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const { proxyUrl, logger } = options;
  const connections = createConnections(options.connect ?? (proxyUrl ? createProxyDialler(proxyUrl) : undefined));
  const admission = createAdmission({
    guard: createGuard(options.policy),
    resolve: options.resolve ?? createResolver(),
    isProxied: Boolean(proxyUrl),
  });
  const send = createSend({
    admission,
    call: createCall({
      connections,
      pace: createPace({ perSecond: options.hostRatePerSecond ?? 100 }),
      breaker: createBreaker(options.breaker),
    }),
    requireHost: options.requireHost,
    logger,
  });
  const fail: Fail = (error, request, deadline) => {
    const host = URL.canParse(request.url) ? new URL(request.url).hostname : 'given';
    const described = describeFailure(error, host, { timedOut: deadline.timedOut(), signal: request.signal });
    logger?.warn({ host, 'error.code': described.code, reason: described.detail }, 'outbound request failed');
    return described;
  };
  return {
    request: (request) => sendWhole(request, send, fail),
    stream: (request) => sendStream(request, send, fail),
    async check(url) {
      const deadline = startDeadline({ timeoutMs: CHECK_TIMEOUT_MS });
      try {
        await admission.admit(parseTarget(url), deadline.signal);
      } catch (error) {
        throw fail(error, { url }, deadline);
      } finally {
        deadline.stop();
      }
    },
    checkText: (url) => admission.checkText(parseTarget(url)),
    close: () => connections.close(),
  };
}

/** The error that a caller sees of what went wrong, once it is logged. */
type Fail = (error: unknown, request: OutboundRequest, deadline: Deadline) => Error;

async function sendWhole(request: OutboundRequest, send: Send, fail: Fail): Promise<OutboundResponse> {
  const deadline = startDeadline(request);
  try {
    const { reply, url } = await send(request, deadline);
    return { status: reply.status, headers: reply.headers, body: await readReply(reply), url };
  } catch (error) {
    throw fail(error, request, deadline);
  } finally {
    deadline.stop();
  }
}

async function sendStream(request: OutboundRequest, send: Send, fail: Fail): Promise<OutboundResponse<Readable>> {
  const deadline = startDeadline(request);
  try {
    const { reply, url } = await send(request, deadline);
    endInTime(reply, deadline, () => fail(deadline.signal.reason, request, deadline));
    return { status: reply.status, headers: reply.headers, body: reply.stream, url };
  } catch (error) {
    deadline.stop();
    throw fail(error, request, deadline);
  }
}

/** Ends the body when the deadline does, and the deadline when the body does. */
function endInTime({ stream }: Reply, deadline: Deadline, failure: () => Error): void {
  const end = () => stream.destroy(failure());
  // Within the same turn as undici's own abort, so that the stream ends with our error and not with the one it makes.
  deadline.signal.addEventListener('abort', end, { once: true });
  stream.once('close', () => {
    deadline.signal.removeEventListener('abort', end);
    deadline.stop();
  });
}
