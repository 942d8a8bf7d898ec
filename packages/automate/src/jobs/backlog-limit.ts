/** How many jobs a worker takes in hand from a backlog. */
export interface BacklogLimit {
  /** Most jobs in hand that a backlog may fill. */
  most(): number;
  /** Says that somebody who has little to do has come. */
  welcome(): void;
  /** Says how long a claim took. */
  note(milliseconds: number): void;
}

/** A claim that takes longer waits for others: the process or the database has more in hand than it can keep up with. */
const SLOW_CLAIM_MS = 10;
/** How long a backlog stays held back after the last newcomer. */
const HOLD_MS = 1_000;
/** Whatever happens, a backlog has so many in hand: enough for writes that share their commits. */
const LEAST = 50;

/**
 * A backlog fills all there is as long as it is alone. While others come with little to do, it is held back as far as claims get slow
 * by it (additive increase, multiplicative decrease), since what is in hand beyond that waits in line in front of everybody: it makes no
 * job end earlier. Where jobs mostly wait for others, claims stay fast, and nothing is held back.
 */
export function createBacklogLimit(maximum: number, now: () => number = () => performance.now()): BacklogLimit {
  const least = Math.min(LEAST, maximum);
  let limit = maximum;
  let holdUntil = 0;
  const isHeld = (): boolean => now() < holdUntil;
  return {
    most: () => (isHeld() ? limit : maximum),
    welcome() {
      if (!isHeld()) limit = maximum;
      holdUntil = now() + HOLD_MS;
    },
    note(milliseconds) {
      if (!isHeld()) return;
      limit = milliseconds > SLOW_CLAIM_MS ? Math.max(limit * 0.85, least) : Math.min(limit + 5, maximum);
    },
  };
}
