import type { VendorError } from './vendor-error.ts';

/** Why a provider did not answer. */
export type FailureReason =
  | 'auth'
  | 'rate_limited'
  | 'invalid_request'
  | 'context_length'
  | 'content_filter'
  | 'not_found'
  | 'overloaded'
  | 'server'
  | 'timeout'
  | 'truncated'
  | 'malformed'
  | 'network';

/** Nothing is gained by asking again before somebody has paid. */
const UNPAID =
  /insufficient_quota|billing|credit balance|insufficient (balance|credits|funds)|exceeded your current quota|payment/;

/** What vendors call a case, most telling first; statuses come after these, since a 400 of one is a 404 of the next. */
const WORDS: readonly (readonly [FailureReason, RegExp])[] = [
  [
    'context_length',
    /context_length_exceeded|context[ _]?(length|window|size)|context limit|exceed_context_size|maximum (context|prompt) length/,
  ],
  [
    'context_length',
    /(prompt|input) is too long|too many (input )?tokens|input token count .{0,40}exceeds|prompt contains .{0,60}too large for model/,
  ],
  ['rate_limited', /rate_?limit|throttl|too ?many ?requests|resource_exhausted|quota/],
  [
    'content_filter',
    /content_?filter|content_policy|content management policy|responsibleaipolicy|moderation|prohibited_content|guardrail_intervened/,
  ],
  [
    'auth',
    /invalid_api_key|api_key_invalid|api key not valid|incorrect api key|authentication_error|permission_error|permission_denied/,
  ],
  ['auth', /unauthenticated|unrecognizedclient|invalidsignature|expiredtoken|accessdenied|invalid api token|security token/],
  ['overloaded', /overloaded|unavailable|capacity|modelnotready|loading model|server is busy|high demand/],
  [
    'not_found',
    /model_not_found|deploymentnotfound|resourcenotfound|unknown_model|not_found_error|model identifier is invalid|no such model/,
  ],
  ['not_found', /model .{0,120}(does not exist|not found)/],
  ['timeout', /timeout_error|modeltimeout|deadline_exceeded|request_timeout|timed out/],
];

/** @param status undefined where none came */
export function reasonOf(
  status: number | undefined,
  said: VendorError,
): { readonly reason: FailureReason; readonly isUnpaid: boolean } {
  const codes = said.codes.join(' ');
  const text = `${codes} ${(said.message ?? '').slice(0, 1_000).toLowerCase()}`;
  const isUnpaid = status === 402 || UNPAID.test(text);
  if (isUnpaid) return { reason: 'rate_limited', isUnpaid };
  // What a server says when it broke is about its parts: only a code is believed then.
  const believed = status !== undefined && status >= 500 ? codes : text;
  const named = WORDS.find(([reason, words]) => words.test(believed) && fits(reason, status))?.[0];
  return { reason: named ?? byStatus(status), isUnpaid };
}

/** A message that tells of tokens per minute in a 401 is no limit: the status is right about who is at fault. */
function fits(reason: FailureReason, status: number | undefined): boolean {
  if (status === undefined || status < 400) return true;
  if (status === 429) return reason === 'rate_limited' || reason === 'overloaded';
  if (status === 401) return reason === 'auth';
  if (status === 403) return reason !== 'context_length' && reason !== 'timeout';
  return status >= 500 ? reason !== 'context_length' : true;
}

function byStatus(status: number | undefined): FailureReason {
  if (status === undefined) return 'server';
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403 || status === 407) return 'auth';
  if (status === 404 || status === 405 || status === 410) return 'not_found';
  if (status === 408 || status === 504 || status === 524) return 'timeout';
  if (status === 503 || status === 529) return 'overloaded';
  if (status === 498) return 'content_filter';
  if (status === 409 || status === 424 || status === 425 || status === 499 || status >= 500) return 'server';
  if (status >= 300 && status < 400) return 'not_found';
  return status < 300 ? 'malformed' : 'invalid_request';
}
