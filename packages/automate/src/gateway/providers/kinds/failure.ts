import { APICallError } from '@ai-sdk/provider';
import { AppError, createRedactor, cutText, errorMessage } from '../../../kernel/index.ts';
import { type FailureReason, reasonOf } from './failure-reason.ts';
import { boundedWait, retryAfterMs } from './retry-after.ts';
import { misreadError, sdkFault } from './sdk-fault.ts';
import { type Fault, transportFault } from './transport-fault.ts';
import { readVendorError } from './vendor-error.ts';

/** Why a provider did not answer, in one shape for all of them. */
export interface ProviderFailure {
  readonly reason: FailureReason;
  /** Of its reply; undefined when none came. */
  readonly status: number | undefined;
  /** What the vendor says, or what happened: at most 500 characters, without keys. */
  readonly message: string;
  /** How long it wants to be left alone, in milliseconds, 0 to one hour. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the same may be asked again. */
  readonly isRetryable: boolean;
  /** Whether another provider may be asked. */
  readonly isFallbackable: boolean;
}

export interface FailureOptions {
  /** Keys that must not show; the value of a header that carries one is as good. */
  readonly secrets?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly now?: number | undefined;
}

/** A reply of a provider that is not 2xx; names of headers in lower case. */
export interface ProviderReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Reads what a model threw, or the `error` of a part of its stream. Whether the caller went away is asked of its signal, before.
 * An AppError that is not of an outgoing call is a bug or a refusal of ours, and nothing to map: the caller passes it on.
 */
export function failureOf(error: unknown, options: FailureOptions = {}): ProviderFailure {
  const call = APICallError.isInstance(error) ? error : undefined;
  const status = call?.statusCode;
  const lost = transportFault(error);
  if (lost !== undefined) return failure({ ...lost, status: lost.reason === 'truncated' ? status : undefined }, options);
  if (call !== undefined && status !== undefined && (status < 200 || status >= 300)) {
    return failureOfReply({ status, headers: call.responseHeaders ?? {}, body: call.responseBody ?? call.message }, options);
  }
  if (AppError.is(error)) return failure({ reason: 'invalid_request', message: error.message, status: error.status }, options);
  const fault = sdkFault(error);
  if (fault !== undefined) return failure({ ...fault, status }, options);
  const said = readVendorError(misreadError(error) ?? call?.responseBody ?? dataOf(error));
  const { reason, isUnpaid } = reasonOf(said.status ?? status, said);
  const message = said.message ?? errorMessage(error);
  return failure(
    { reason, message, status: said.status ?? status, retryAfterMs: said.retryAfterMs, ...(isUnpaid && { isRetryable: false }) },
    options,
  );
}

/** Reads a reply of the lane in which bytes are passed through. */
export function failureOfReply(reply: ProviderReply, options: FailureOptions = {}): ProviderFailure {
  const said = readVendorError(reply.body);
  const type = reply.headers['x-amzn-errortype'];
  const codes = type === undefined ? said.codes : [...said.codes, type.slice(0, 200).toLowerCase()];
  const { reason, isUnpaid } = reasonOf(reply.status, { ...said, codes });
  return failure(
    {
      reason,
      ...(isUnpaid && { isRetryable: false }),
      status: reply.status,
      message: said.message ?? `It answered with status ${reply.status}.`,
      retryAfterMs: retryAfterMs(reply.headers, options.now) ?? said.retryAfterMs,
    },
    options,
  );
}

const LONGEST_MESSAGE = 500;
const RETRYABLE: readonly FailureReason[] = [
  'rate_limited',
  'overloaded',
  'server',
  'timeout',
  'truncated',
  'malformed',
  'network',
];
/** What another vendor would refuse as well, or what nobody should get past a filter by asking elsewhere. */
const FINAL: readonly FailureReason[] = ['invalid_request', 'content_filter'];

interface Finding extends Fault {
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

function failure(finding: Finding, options: FailureOptions): ProviderFailure {
  const { reason, status } = finding;
  const isNeverDone = status === 501 || status === 505;
  const wait = finding.retryAfterMs === undefined ? undefined : boundedWait(finding.retryAfterMs);
  return {
    reason,
    status,
    message: shown(finding.message, options.secrets ?? []),
    ...(wait !== undefined && { retryAfterMs: wait }),
    isRetryable: finding.isRetryable ?? (RETRYABLE.includes(reason) && !isNeverDone),
    isFallbackable: finding.isFallbackable ?? !FINAL.includes(reason),
  };
}

/** OpenAI repeats the ends of a wrong key in its message. */
const MASKED_KEY = /\b(sk|pk|gsk|xai|key)-[\w*.-]{4,}/gi;

function shown(message: string, secrets: readonly string[]): string {
  const redact = createRedactor({ knownSecrets: { version: () => 1, values: () => secrets.map(bareKey) } });
  return cutText(String(redact(cutText(message, 10_000))).replace(MASKED_KEY, '[redacted]'), LONGEST_MESSAGE);
}

function bareKey(secret: string): string {
  return secret.replace(/^Bearer /i, '');
}

/** An error of a stream is what the vendor sent, or an Error around it. */
function dataOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return (error as { data?: unknown }).data ?? error.message;
}
