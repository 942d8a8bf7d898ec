import type { Queryable } from '../../db/index.ts';
import { promoteDue } from '../store/job.store.ts';

/** How late a job may start that another process scheduled. */
const PROMOTE_EVERY_MS = 1_000;

/** Makes jobs claimable whose time has come. */
export interface Promoter {
  /** Returns how many, if it is time to look at all. */
  promote(): Promise<number>;
  /** A job becomes due in so many milliseconds, so that nobody has to poll for it. */
  dueIn(milliseconds: number): void;
}

/** @param onDueIn called with the time until the next call of `promote` is due, in milliseconds */
export function createPromoter(db: Queryable, onDueIn: (milliseconds: number) => void): Promoter {
  let nextAt = 0;
  return {
    async promote() {
      if (performance.now() < nextAt) return 0;
      const { promoted, nextInMs } = await promoteDue(db);
      const pause = Math.min(nextInMs ?? PROMOTE_EVERY_MS, PROMOTE_EVERY_MS);
      nextAt = performance.now() + pause;
      onDueIn(pause);
      return promoted;
    },
    dueIn(milliseconds) {
      nextAt = Math.min(nextAt, performance.now() + milliseconds);
      onDueIn(milliseconds);
    },
  };
}
