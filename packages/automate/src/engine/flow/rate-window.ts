/** A rate limit: at most so many starts in any time of this length. */
export interface Rate {
  readonly limit: number;
  readonly periodMs: number;
}

/** Starts that count together: those of one moment. */
export interface Moment {
  readonly moment: number;
  readonly count: number;
  /** Of the last of them, in milliseconds. */
  readonly lastAt: number;
}

/** The starts of the last period under one limit, and who is next. Times are in milliseconds of the database's clock. */
export interface RateWindow {
  /** Takes a place; else says when to ask again. @param hasTurn whether it has asked before */
  take(hasTurn: boolean): { readonly isGranted: true } | { readonly isGranted: false; readonly askAt: number };
  /** Takes a place if there is one, whoever waits. */
  takeNow(): boolean;
  /** When the next of those that wait may start. */
  readonly nextAt: () => number;
  /** Moments that have changed. */
  readonly changed: () => readonly Moment[];
}

/** So many moments a period: each of them is as long as its last start. */
const MOMENTS = 1_000;
/** The database keeps milliseconds: what is rounded down must not end too early. */
const ROUNDING_MS = 1;

/** A window that slides: a start counts until the period after it is over, whenever that start was due. */
export function openWindow(
  { limit, periodMs }: Rate,
  { now, nextAt, moments }: { now: number; nextAt: number; moments: readonly Moment[] },
): RateWindow {
  const interval = periodMs / limit;
  const size = Math.max(periodMs / MOMENTS, 1);
  const counting = moments
    .filter(({ lastAt }) => lastAt + periodMs + ROUNDING_MS > now)
    .toSorted((left, right) => left.lastAt - right.lastAt);
  const current = Math.floor(now / size);
  let used = counting.reduce((sum, { count }) => sum + count, 0);
  let taken = 0;
  let next = nextAt;

  /** When one place will be free. */
  function freeAt(): number {
    let surplus = used - limit;
    for (const { count, lastAt } of counting) {
      surplus -= count;
      if (surplus < 0) return lastAt + periodMs + ROUNDING_MS;
    }
    return now + periodMs + ROUNDING_MS;
  }

  function takeNow(): boolean {
    if (used >= limit) return false;
    used += 1;
    taken += 1;
    return true;
  }

  return {
    takeNow,
    take(hasTurn) {
      // Whoever waits longer goes first: a newcomer goes behind the last of them.
      if ((hasTurn || next <= now) && takeNow()) return { isGranted: true };
      const free = used < limit ? now : freeAt();
      // It is as good as its turn.
      if (hasTurn && free - now < interval / 2) return { isGranted: false, askAt: free };
      const askAt = Math.max(free, next);
      next = askAt + interval;
      return { isGranted: false, askAt };
    },
    nextAt: () => next,
    changed: () => {
      if (taken === 0) return [];
      const known = counting.find(({ moment }) => moment === current);
      return [{ moment: current, count: (known?.count ?? 0) + taken, lastAt: now }];
    },
  };
}
