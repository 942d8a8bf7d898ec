import { type Failure, memberName } from '../failure.ts';

/** An error as OpenAI's clients read it. */
export function toOpenaiError({ status, code, message, pointer }: Failure) {
  return {
    error: { message, type: typeOf(status, code), param: pointer ? memberName(pointer) : null, code: CODES[code] ?? code },
  };
}

/** Codes that clients know by these names. */
const CODES: Readonly<Record<string, string>> = { unauthenticated: 'invalid_api_key', rate_limited: 'rate_limit_exceeded' };

function typeOf(status: number, code: string): string {
  if (status === 402 || code === 'budget_exceeded') return 'insufficient_quota';
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 404) return 'not_found_error';
  if (status === 429) return 'rate_limit_error';
  if (status >= 500) return 'server_error';
  return 'invalid_request_error';
}
