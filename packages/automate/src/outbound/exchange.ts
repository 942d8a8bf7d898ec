import type { Readable } from 'node:stream';
import { AppError } from '../kernel/index.ts';
import { acceptedEncodings, decodeBody, readAll } from './body.ts';
import type { Connections } from './connections.ts';
import { outboundErrors } from './errors.ts';
import type { Target } from './target.ts';

/** One request on one connection to checked addresses; redirects are the caller's matter. */
export interface Hop {
  readonly target: Target;
  readonly addresses: readonly string[];
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly stream: Readable;
}

/** Sends one request and returns the reply as soon as its headers are there. */
export async function exchange(
  connections: Connections,
  hop: Hop,
  limits: { signal: AbortSignal; maxBytes: number },
): Promise<Reply> {
  const pool = await connections.poolFor(hop.target, hop.addresses);
  const reply = await pool.request({
    path: `${hop.target.url.pathname}${hop.target.url.search}`,
    method: hop.method,
    headers: { 'accept-encoding': acceptedEncodings, ...hop.headers },
    body: hop.body ?? null,
    signal: limits.signal,
  });
  // Without a listener, an abort between two reads would be an uncaught error.
  reply.body.on('error', () => {});
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(reply.headers)) if (value !== undefined) headers[name] = value;
  const declared = Number(headers['content-length'] ?? 0);
  if (declared > limits.maxBytes && hop.method !== 'HEAD') {
    reply.body.destroy();
    throw outboundErrors.outbound_too_large(`The reply is larger than ${limits.maxBytes} bytes.`);
  }
  const encoding = headers['content-encoding'];
  const hasBody = hop.method !== 'HEAD' && reply.statusCode !== 204 && reply.statusCode !== 304;
  try {
    const stream = decodeBody(reply.body, hasBody ? [encoding].flat().filter(Boolean).join(',') : undefined, limits.maxBytes);
    if (encoding !== undefined && hasBody) {
      delete headers['content-encoding'];
      delete headers['content-length'];
    }
    return { status: reply.statusCode, headers, stream };
  } catch (error) {
    reply.body.destroy();
    throw error;
  }
}

/** Reads the reply to its end, but not past the deadline. */
export async function readReply(reply: Reply): Promise<Buffer> {
  return readAll(reply.stream);
}

/** The error that callers see. Names the host and the system's error code: the system's text would hold the address. */
export function describeFailure(
  error: unknown,
  host: string,
  limits: { timedOut: boolean; signal: AbortSignal | undefined },
): AppError {
  if (AppError.is(error)) return error;
  if (limits.signal?.aborted)
    return outboundErrors.outbound_aborted('The request was aborted by its caller.', { cause: limits.signal.reason });
  const code = codeOf(error);
  if (limits.timedOut || /TIMEOUT|TIMEDOUT/.test(code)) {
    return outboundErrors.outbound_timeout(`The host ${host} did not reply in time.`, { cause: error });
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') {
    return outboundErrors.outbound_too_large('The headers of the reply are too large.', { cause: error });
  }
  return outboundErrors.outbound_failed(`The request to ${host} failed${code ? ` (${code})` : ''}.`, { cause: error });
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : '';
}
