import { peopleErrors } from '../people/errors.ts';

/**
 * Lets only so many sign in at a time, and turns away the others before anything is done for them: a thousand at once would
 * hold every connection to the database, and whoever signs in already would wait behind them.
 */
export interface SignInLimit {
  /** @throws AppError `too_busy` */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Most of them wait for their password to be hashed, which is done two at a time. */
const MAXIMUM = 50;

export function createSignInLimit(maximum = MAXIMUM): SignInLimit {
  let inside = 0;
  return {
    async run(work) {
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
