import { AppError } from '../../../kernel/index.ts';
import type { OutboundResponse } from '../../../outbound/index.ts';
import { StepError } from '../step-error.ts';
import type { HttpMethod, HttpOptions } from './step-http.ts';

const RETRYABLE = new Set(['outbound_timeout', 'outbound_failed', 'outbound_rate_limited', 'outbound_circuit_open']);

/** What the guarded client throws, as a failure of a step. */
export function toFailure(error: unknown): unknown {
  if (!AppError.is(error) || error instanceof StepError) return error;
  return new StepError({ code: error.code, detail: error.message, isRetryable: RETRYABLE.has(error.code), cause: error });
}

/** @throws StepError `http_status` for a status that is a failure */
export function requireSuccess(
  method: HttpMethod,
  { status, url, headers }: OutboundResponse,
  failOn: HttpOptions['failOn'] = 'errors',
): void {
  const isTemporary = status === 408 || status === 429 || status >= 500;
  if (failOn === 'none' || !(isTemporary || (failOn === 'errors' && status >= 400))) return;
  throw new StepError({
    code: 'http_status',
    detail: `${method} ${new URL(url).host} replied with status ${status}`,
    isRetryable: isTemporary,
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

/** How long the other side wants to be left alone (RFC 9110, 10.2.3): seconds, or a date. */
function retryAfterMs(header: string | readonly string[] | undefined): number | undefined {
  const text = String(header ?? '');
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : / GMT$/.test(text) ? Date.parse(text) - Date.now() : 0;
  return wait > 0 ? wait : undefined;
}
