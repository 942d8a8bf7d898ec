/** How many jobs a worker has in flight from a backlog. */
export interface BacklogWindow {
  /** Most jobs in flight that a backlog may fill. */
  limit(): number;
  /** A lane has come that has little in flight: the backlog shares with it. */
  contend(): void;
  /** How long a claim took, and whether there was a backlog. */
  observe(milliseconds: number, hasBacklog: boolean): void;
}

/** So much longer than without a backlog is slow, but nothing below the least. */
const SLOW_FACTOR = 2;
const LEAST_SLOW_MS = 10;
/** How long a backlog stays held back after the last lane that contended. */
const HOLD_MS = 1_000;
/** Part of all that a backlog has in flight whatever happens: enough for writes that share their commits. */
const LEAST_SHARE = 0.1;

/**
 * A backlog fills all there is as long as it is alone. While others come with little to do, it is held back as far as claims get slow
 * by it (additive increase, multiplicative decrease), since what is in flight beyond that waits in line in front of everybody: it makes no
 * job end earlier. Where jobs mostly wait for others, claims stay fast, and nothing is held back.
 */
export function createBacklogWindow(maximum: number, now: () => number = () => performance.now()): BacklogWindow {
  const least = Math.ceil(maximum * LEAST_SHARE);
  let limit = maximum;
  let holdUntil = 0;
  /** A moving average of claims without a backlog. */
  let usualMs = LEAST_SLOW_MS / SLOW_FACTOR;
  const isHeld = (): boolean => now() < holdUntil;
  return {
    limit: () => (isHeld() ? limit : maximum),
    contend() {
      if (!isHeld()) limit = maximum;
      holdUntil = now() + HOLD_MS;
    },
    observe(milliseconds, hasBacklog) {
      if (!hasBacklog) usualMs += (milliseconds - usualMs) / 20;
      if (!isHeld()) return;
      const isSlow = milliseconds > Math.max(LEAST_SLOW_MS, usualMs * SLOW_FACTOR);
      limit = isSlow ? Math.max(limit * 0.85, least) : Math.min(limit + 10, maximum);
    },
  };
}
