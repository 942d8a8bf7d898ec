import type { AutomateError } from './errors.ts';

const FIRST_MS = 250;
const LONGEST_MS = 8_000;
/** The most seconds of `Retry-After` that are waited for: a caller who is told to wait longer should know it. */
const LONGEST_RETRY_AFTER = 60;

const PASSING_STATUSES: readonly number[] = [408, 429, 502, 503, 504];
const PASSING_CODES: readonly string[] = ['network_error', 'timeout'];
const IDEMPOTENT_METHODS: readonly string[] = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'];

/** Whether to send a request twice does no more than to send it once. */
export function isRepeatable(method: string, hasKey: boolean): boolean {
  return hasKey || IDEMPOTENT_METHODS.includes(method);
}

/** Milliseconds to wait before the attempt after this one (0 is the first), or undefined when there must not be one. */
export function retryDelay(error: AutomateError, attempt: number): number | undefined {
  if (!PASSING_CODES.includes(error.code) && !PASSING_STATUSES.includes(error.status)) return undefined;
  if (error.retryAfter === undefined) return backoff(attempt, FIRST_MS, LONGEST_MS);
  return error.retryAfter > LONGEST_RETRY_AFTER ? undefined : error.retryAfter * 1_000;
}

/** Exponential backoff with full jitter: clients that failed together do not come back together. */
export function backoff(attempt: number, firstMs: number, longestMs: number): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** attempt);
}

/** Waits; rejects with the signal's reason when it fires. */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
