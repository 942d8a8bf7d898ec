import { type Failure, memberName } from '../failure.ts';

/** An error as Anthropic's clients read it. */
export function toAnthropicError({ status, message, pointer }: Failure, requestId: string | null = null) {
  // This protocol has no field for the place, so the message names it.
  const place = pointer ? memberName(pointer) : '';
  const text = place === '' || message.includes(pointer ?? place) ? message : `${place}: ${message}`;
  return { type: 'error' as const, error: { type: TYPES[status] ?? fallback(status), message: text }, request_id: requestId };
}

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function fallback(status: number): string {
  return status >= 500 ? 'api_error' : 'invalid_request_error';
}
