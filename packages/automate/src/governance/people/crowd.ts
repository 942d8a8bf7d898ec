import { peopleErrors } from './errors.ts';

/**
 * Lets only so many come in at a time, and turns away the others before anything is done for them: a thousand at once would
 * hold every connection to the database, and whoever is in already would wait behind them.
 */
export interface Crowd {
  /** @throws AppError `too_busy` */
  enter<T>(work: () => Promise<T>): Promise<T>;
}

/** Most of them wait for their password to be hashed, which is done two at a time. */
const MAXIMUM = 50;

export function createCrowd(maximum = MAXIMUM): Crowd {
  let inside = 0;
  return {
    async enter(work) {
      if (inside >= maximum)
        throw peopleErrors.too_busy('Too many people sign in at this moment: try again shortly.', {
          headers: { 'retry-after': '5' },
        });
      inside += 1;
      try {
        return await work();
      } finally {
        inside -= 1;
      }
    },
  };
}
