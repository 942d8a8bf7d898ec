import type { RetryPolicy } from '../schemas.ts';
import { StepError } from '../steps/step-error.ts';

/** Longest pause that the other side may ask for with `Retry-After`. */
const MAXIMUM_ASKED_MS = 3_600_000;

/**
 * Milliseconds until the next try of a step, or undefined when there is none.
 * @param tries how many there were
 */
export function pauseBeforeRetry(
  policy: RetryPolicy,
  error: unknown,
  tries: number,
  random: () => number = Math.random,
): number | undefined {
  if (tries >= policy.attempts || !isWorthIt(policy, error)) return undefined;
  const initial = policy.initial_seconds * 1_000;
  const growth = { exponential: 2 ** Math.min(tries - 1, 30), linear: tries, fixed: 1 }[policy.backoff];
  const full = Math.min(initial * growth, policy.maximum_seconds * 1_000);
  const pause = policy.jitter ? full * (0.5 + random() / 2) : full;
  const asked = error instanceof StepError ? Math.min(error.retryAfterMs ?? 0, MAXIMUM_ASKED_MS) : 0;
  return Math.round(Math.max(pause, asked));
}

function isWorthIt({ retry_on: codes }: RetryPolicy, error: unknown): boolean {
  if (codes) return error instanceof Error && codes.includes((error as { code?: string }).code ?? 'step_error');
  return error instanceof StepError && error.isRetryable;
}
