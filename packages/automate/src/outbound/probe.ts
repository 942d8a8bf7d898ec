import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { domainToUnicode } from 'node:url';
import { AppError, errorMessage } from '../kernel/index.ts';
import { createOutbound } from './client.ts';
import type { Connect } from './connections.ts';
import type { Resolve } from './resolve.ts';

/** One scripted reply of the pretended server. */
export interface ProbeHop {
  readonly status: number;
  readonly location?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sends a body of this many bytes. */
  readonly body_bytes?: number;
  /** Waits before the reply. */
  readonly delay_ms?: number;
}

/** A case of the SSRF corpus. */
export interface ProbeOptions {
  readonly url: string;
  /** Answers by host, one list of addresses for each look-up in turn; the last one repeats. */
  readonly dns?: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Replies in turn; when they are used up, 200. */
  readonly hops?: readonly ProbeHop[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: string;
  readonly policy?: {
    readonly allowHosts?: readonly string[];
    readonly allowCidrs?: readonly string[];
    readonly allow_hosts?: readonly string[];
    readonly allow_cidrs?: readonly string[];
  };
  /** `delivery` checks the URL first, as storing it would, and then sends. */
  readonly at?: string;
  /** `webhook_delivery` follows no redirect. */
  readonly scope?: string;
  readonly limits?: { readonly timeoutMs?: number; readonly maxBytes?: number };
}

export interface ProbeResult {
  /** `aborted`: stopped by a limit (time, size, number of redirects) after it had begun. `refused`: not dialled, or the next hop was not. */
  readonly outcome: 'allowed' | 'refused' | 'aborted';
  /** Addresses in the order they were dialled. */
  readonly dialled: string[];
  readonly reason: string;
}

const LIMIT_CODES = new Set(['outbound_timeout', 'outbound_too_large', 'outbound_too_many_redirects', 'outbound_aborted']);

/** Runs the real client against pretended DNS answers and a connector that records instead of dialling. */
export async function probeOutbound(options: ProbeOptions): Promise<ProbeResult> {
  const dialled: string[] = [];
  const allowHosts = options.policy?.allowHosts ?? options.policy?.allow_hosts;
  const allowCidrs = options.policy?.allowCidrs ?? options.policy?.allow_cidrs;
  const outbound = createOutbound({
    policy: { ...(allowHosts ? { allowHosts } : {}), ...(allowCidrs ? { allowCidrs } : {}) },
    resolve: scriptedResolve(options.dns ?? {}),
    connect: scriptedConnect(options.hops ?? [], dialled),
  });
  try {
    if (options.at === 'delivery') await outbound.check(options.url);
    const { status } = await outbound.request({
      url: options.url,
      ...(options.method === undefined ? {} : { method: options.method }),
      ...(options.headers === undefined ? {} : { headers: options.headers }),
      ...(options.body === undefined ? {} : { body: options.body }),
      ...options.limits,
      followRedirects: options.scope !== 'webhook_delivery',
    });
    // A delivery that is answered by a redirect has failed.
    const isFailed = options.scope === 'webhook_delivery' && status >= 300 && status < 400;
    return { outcome: isFailed ? 'refused' : 'allowed', dialled, reason: `status ${status}` };
  } catch (error) {
    return { outcome: isLimit(error) ? 'aborted' : 'refused', dialled, reason: errorMessage(error) };
  } finally {
    await outbound.close();
  }
}

/** Whether a limit has stopped it. A circle is known for one before any limit: that hop is refused. */
function isLimit(error: unknown): boolean {
  if (!AppError.is(error) || !LIMIT_CODES.has(error.code)) return false;
  return !(AppError.is(error.cause) && error.cause.code === 'outbound_refused');
}

function scriptedResolve(dns: NonNullable<ProbeOptions['dns']>): Resolve {
  const asked = new Map<string, number>();
  return async (host) => {
    const answers = [host, domainToUnicode(host), `${host}.`]
      .map((name) => (Object.hasOwn(dns, name) ? dns[name] : undefined))
      .find((found) => found !== undefined);
    const turn = asked.get(host) ?? 0;
    asked.set(host, turn + 1);
    return answers?.[Math.min(turn, answers.length - 1)] ?? [];
  };
}

function scriptedConnect(hops: readonly ProbeHop[], dialled: string[]): Connect {
  let next = 0;
  return async ({ address }) => {
    dialled.push(address);
    return pretendServer(() => hops[next++] ?? { status: 200 });
  };
}

/** The far end of a connection: whatever is written to it counts as a request and is answered by the next reply. */
function pretendServer(nextReply: () => ProbeHop): Duplex {
  let waiting = '';
  return new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, callback) {
      waiting += chunk.toString('latin1');
      callback();
      if (!waiting.includes('\r\n\r\n')) return;
      waiting = '';
      answer(this as Duplex, nextReply()).catch((error) => this.destroy(error));
    },
  });
}

async function answer(socket: Duplex, hop: ProbeHop): Promise<void> {
  // Never within the write itself: no server answers before the request has left.
  await sleep(hop.delay_ms ?? 0);
  const body = Buffer.from(hop.body ?? 'x'.repeat(hop.body_bytes ?? 0));
  const headers = { ...hop.headers, ...(hop.location === undefined ? {} : { location: hop.location }) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.destroyed) return;
  socket.push(`HTTP/1.1 ${hop.status} x\r\n${lines.join('')}content-length: ${body.length}\r\nconnection: close\r\n\r\n`);
  if (body.length > 0) socket.push(body);
  socket.push(null);
}
