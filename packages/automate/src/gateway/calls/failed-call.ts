import { AppError } from '../../kernel/index.ts';
import { gatewayErrors } from '../errors.ts';
import type { ProviderFailure } from '../providers/kinds/failure.ts';
import type { FailureReason } from '../providers/kinds/failure-reason.ts';

/** A try of a provider that came to nothing. */
export class ProviderFault extends Error {
  readonly failure: ProviderFailure;

  constructor(failure: ProviderFailure, cause?: unknown) {
    super(failure.message, { cause });
    this.name = 'ProviderFault';
    this.failure = failure;
  }
}

const CODES: Readonly<Record<FailureReason, keyof typeof gatewayErrors>> = {
  auth: 'provider_auth',
  rate_limited: 'provider_rate_limited',
  invalid_request: 'provider_refused',
  context_length: 'provider_refused',
  content_filter: 'provider_refused',
  not_found: 'provider_refused',
  overloaded: 'provider_failed',
  server: 'provider_failed',
  timeout: 'provider_timeout',
  truncated: 'provider_truncated',
  malformed: 'provider_malformed',
  network: 'provider_failed',
};

/** What whoever asked is told of the last try. */
export function toCallError(error: unknown, provider: string): AppError {
  if (!(error instanceof ProviderFault)) {
    if (AppError.is(error)) return error;
    throw error;
  }
  const { reason, message, retryAfterMs } = error.failure;
  const headers =
    retryAfterMs !== undefined && reason === 'rate_limited'
      ? { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }
      : undefined;
  return gatewayErrors[CODES[reason]](`${provider}: ${message}`, { cause: error, ...(headers && { headers }) });
}
