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

interface Words {
  readonly reason: FailureReason;
  /** In what a machine is meant to read. */
  readonly code: RegExp;
  /** In the sentence, which may repeat what the caller wrote: whole phrases only. */
  readonly text?: RegExp;
}

/** Nothing is gained by asking again before somebody has paid. */
const UNPAID: Words = {
  reason: 'rate_limited',
  code: /insufficient_quota|billing_(error|hard_limit|not_active)|payment_required/,
  text: /credit balance is too low|insufficient (balance|credits|funds)|check your plan and billing details/,
};

/** What vendors call a case, most telling first; statuses come after these, since a 400 of one is a 404 of the next. */
const WORDS: readonly Words[] = [
  {
    reason: 'context_length',
    code: /context_length_exceeded|exceed_context_size/,
    text: /maximum (context|prompt) length|context (length|window|limit)|available context size|(prompt|input) is too long/,
  },
  {
    reason: 'context_length',
    code: /string_above_max_tokens/,
    text: /^too many tokens: |input token count .{0,40}exceeds|prompt contains .{0,60}too large for model/,
  },
  { reason: 'rate_limited', code: /rate_?limit|throttl|too_?many_?requests|resource_exhausted|quotaexceeded|quota_exceeded/ },
  {
    reason: 'content_filter',
    code: /content_?filter|content_policy|responsibleaipolicy|moderation|prohibited_content|^safety$|blocklist|guardrail_intervened/,
    text: /content management policy|content policy violation/,
  },
  {
    reason: 'auth',
    code: /invalid_api_key|api_key_invalid|authentication_error|permission_error|permission_denied|unauthenticated|accessdenied/,
    text: /api key not valid|incorrect api key|invalid api (key|token)/,
  },
  { reason: 'auth', code: /unrecognizedclient|invalidsignature|expiredtoken|incompletesignature/ },
  {
    reason: 'overloaded',
    code: /overloaded|unavailable|capacity|modelnotready/,
    text: /^the (model|server|engine) is (currently )?overloaded|^loading model|server is busy/,
  },
  {
    reason: 'not_found',
    code: /model_not_found|deploymentnotfound|resourcenotfound|unknown_model|not_found_error|invalid_model/,
    text: /model identifier is invalid|^no such model|^invalid model|model .{0,120}(does not exist|not found)/,
  },
  { reason: 'timeout', code: /timeout_error|modeltimeout|deadline_exceeded|request_timeout/ },
];

/** @param status undefined where none came */
export function reasonOf(
  status: number | undefined,
  said: VendorError,
): { readonly reason: FailureReason; readonly isUnpaid: boolean } {
  const message = (said.message ?? '').slice(0, 1_000).toLowerCase();
  // What a server says when it broke is about its parts: only a code is believed then.
  const isBroken = status !== undefined && status >= 500;
  const isSaid = ({ code, text }: Words): boolean =>
    said.codes.some((one) => code.test(one)) || (!isBroken && text?.test(message) === true);
  // Google speaks of billing in a limit of a minute as well, and says when that is over.
  const isUnpaid = status === 402 || (isSaid(UNPAID) && said.retryAfterMs === undefined);
  if (isUnpaid) return { reason: 'rate_limited', isUnpaid };
  const named = WORDS.find((words) => fits(words.reason, status) && isSaid(words))?.reason;
  return { reason: named ?? byStatus(status), isUnpaid };
}

/** The status is right about who is at fault. */
function fits(reason: FailureReason, status: number | undefined): boolean {
  if (status === 429) return reason === 'rate_limited' || reason === 'overloaded';
  if (status === 401) return reason === 'auth';
  if (status === 403) return reason !== 'context_length' && reason !== 'timeout';
  return status === undefined || status < 500 || reason !== 'context_length';
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
