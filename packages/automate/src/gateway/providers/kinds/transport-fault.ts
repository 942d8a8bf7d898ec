import { AppError } from '../../../kernel/index.ts';
import type { FailureReason } from './failure-reason.ts';

/** Where no answer came, or none to its end: the vendor said nothing of why. */
export interface TransportFault {
  readonly reason: FailureReason;
  readonly message: string;
}

/** A stream ended, or its connection, before the vendor had said that the answer is whole. */
export class TruncatedStreamError extends Error {
  override readonly name = 'TruncatedStreamError';
  constructor(message = 'The answer broke off before its end.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** Finds a fault of the way in an error or in what caused it; undefined when it is of another kind. */
export function transportFault(error: unknown): TransportFault | undefined {
  const chain = causesOf(error);
  if (chain.some((cause) => cause instanceof TruncatedStreamError))
    return { reason: 'truncated', message: 'The answer broke off before its end.' };
  const isReply = chain.some((cause) => (cause as { statusCode?: unknown }).statusCode === 200);
  for (const cause of chain) {
    const fault = AppError.is(cause)
      ? OUTBOUND[cause.code] && { reason: OUTBOUND[cause.code], message: cause.message }
      : ofCode(cause);
    if (fault?.reason === undefined) continue;
    const isCut = fault.reason === 'network' && (isReply || isBody(chain));
    return isCut ? { reason: 'truncated', message: 'The connection was lost within the answer.' } : (fault as TransportFault);
  }
  return undefined;
}

const MOST_CAUSES = 8;

const OUTBOUND: Readonly<Record<string, FailureReason>> = {
  outbound_timeout: 'timeout',
  outbound_failed: 'network',
  outbound_aborted: 'network',
  outbound_refused: 'network',
  outbound_too_large: 'malformed',
  outbound_too_many_redirects: 'malformed',
  outbound_rate_limited: 'rate_limited',
  outbound_circuit_open: 'overloaded',
};

const TIMEOUTS = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
]);
const NETWORK =
  /^(E(CONN|HOST|NET|PIPE|PROTO|ADDR|AI_)[A-Z_]*|ENOTFOUND|UND_ERR_[A-Z_]+|CERT_[A-Z_]+|ERR_(TLS|SSL|STREAM_PREMATURE)[A-Z_]*|HPE_[A-Z_]+|[A-Z_]*SELF_SIGNED_CERT[A-Z_]*)$/;

function ofCode(error: Error): { readonly reason: FailureReason; readonly message: string } | undefined {
  const code = String((error as { code?: unknown }).code ?? '');
  if (error.name === 'TimeoutError' || TIMEOUTS.has(code)) return { reason: 'timeout', message: 'It did not answer in time.' };
  if (error.name === 'AbortError') return { reason: 'network', message: 'The call was aborted.' };
  if (NETWORK.test(code)) return { reason: 'network', message: `It cannot be reached (${code}).` };
  const isLost = error instanceof TypeError && /^(fetch failed|terminated|network error)$/.test(error.message);
  return isLost && error.cause === undefined ? { reason: 'network', message: 'It cannot be reached.' } : undefined;
}

/** What undici throws from a body that was cut. */
function isBody(chain: readonly Error[]): boolean {
  return chain.some((cause) => cause instanceof TypeError && cause.message === 'terminated');
}

function causesOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  let current = error;
  while (current instanceof Error && chain.length < MOST_CAUSES) {
    chain.push(current);
    current = current.cause;
  }
  return chain;
}
