/** How many jobs a worker takes in hand from a backlog. */
export interface BacklogLimit {
  /** Most jobs in hand that a backlog may fill. */
  most(): number;
  /** Says that somebody who has little to do has come. */
  welcome(): void;
  /** Says how long a claim took, and whether there was a backlog. */
  note(milliseconds: number, hasBacklog: boolean): void;
}

/** So much longer than without a backlog is slow, but nothing below the least. */
const SLOW_FACTOR = 2;
const LEAST_SLOW_MS = 10;
/** How long a backlog stays held back after the last newcomer. */
const HOLD_MS = 1_000;
/** Part of all that a backlog has in hand whatever happens: enough for writes that share their commits. */
const LEAST_SHARE = 0.1;

/**
 * A backlog fills all there is as long as it is alone. While others come with little to do, it is held back as far as claims get slow
 * by it (additive increase, multiplicative decrease), since what is in hand beyond that waits in line in front of everybody: it makes no
 * job end earlier. Where jobs mostly wait for others, claims stay fast, and nothing is held back.
 */
export function createBacklogLimit(maximum: number, now: () => number = () => performance.now()): BacklogLimit {
  const least = Math.ceil(maximum * LEAST_SHARE);
  let limit = maximum;
  let holdUntil = 0;
  /** A moving average of claims without a backlog. */
  let usualMs = LEAST_SLOW_MS / SLOW_FACTOR;
  const isHeld = (): boolean => now() < holdUntil;
  return {
    most: () => (isHeld() ? limit : maximum),
    welcome() {
      if (!isHeld()) limit = maximum;
      holdUntil = now() + HOLD_MS;
    },
    note(milliseconds, hasBacklog) {
      if (!hasBacklog) usualMs += (milliseconds - usualMs) / 20;
      if (!isHeld()) return;
      const isSlow = milliseconds > Math.max(LEAST_SLOW_MS, usualMs * SLOW_FACTOR);
      limit = isSlow ? Math.max(limit * 0.85, least) : Math.min(limit + 10, maximum);
    },
  };
}
