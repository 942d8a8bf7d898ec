import { AppError } from '../../../kernel/index.ts';
import type { FailureReason } from './failure-reason.ts';

/** Where no answer came, or none that was read to its end: the vendor said nothing of why. */
export interface Fault {
  readonly reason: FailureReason;
  readonly message: string;
  /** Unless it follows from the reason. */
  readonly isRetryable?: boolean | undefined;
  /** Unless it follows from the reason. */
  readonly isFallbackable?: boolean | undefined;
}

/** A stream ended, or its connection, before the vendor had said that the answer is whole. */
export class TruncatedStreamError extends Error {
  override readonly name = 'TruncatedStreamError';
  constructor(message = 'The answer broke off before its end.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** Finds a fault of the way in an error or in what caused it; undefined when it is of another kind. */
export function transportFault(error: unknown): Fault | undefined {
  const chain = causesOf(error);
  if (chain.some((cause) => cause instanceof TruncatedStreamError))
    return { reason: 'truncated', message: 'The answer broke off before its end.' };
  const fault = chain.map(faultOf).find((found) => found !== undefined) ?? (chain.some(isUnreached) ? unreached : undefined);
  const isWithin = chain.some((cause) => statusOf(cause) === 200 || cause.message === 'terminated');
  const isCut = fault?.reason === 'network' && fault.isRetryable !== false && isWithin;
  return isCut ? { reason: 'truncated', message: 'The connection was lost within the answer.' } : fault;
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

const unreached: Fault = { reason: 'network', message: 'It cannot be reached.' };

function faultOf(error: Error): Fault | undefined {
  if (AppError.is(error)) {
    const reason = OUTBOUND[error.code];
    const isFinal = error.code === 'outbound_refused' || error.code === 'outbound_aborted';
    return reason && { reason, message: error.message, ...(isFinal && { isRetryable: false }) };
  }
  const code = String((error as { code?: unknown }).code ?? '');
  if (error.name === 'TimeoutError' || TIMEOUTS.has(code)) return { reason: 'timeout', message: 'It did not answer in time.' };
  if (error.name === 'AbortError') return { reason: 'network', message: 'The call was aborted.', isRetryable: false };
  return NETWORK.test(code) ? { reason: 'network', message: `It cannot be reached (${code}).` } : undefined;
}

/** As `fetch` says it, and as the libraries do, which keep the cause alone. */
function isUnreached(error: Error): boolean {
  if (error instanceof TypeError) return /^(fetch failed|terminated|network error)$/.test(error.message);
  return error.message.startsWith('Cannot connect to API') && statusOf(error) === undefined;
}

function statusOf(error: Error): unknown {
  return (error as { statusCode?: unknown }).statusCode;
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
