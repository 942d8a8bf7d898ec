import type { DatabaseKind } from '../../src/testing/index.ts';

/** Whether this is `npm run test:long`: everything on both drivers and in its whole size. */
export const isLong = process.env.AUTOMATE_TEST_LANE === 'long';

/** What `npm test` does in a small size, and `npm run test:long` in its whole one. */
export function sized<T>(short: T, whole: T): T {
  return isLong ? whole : short;
}

/** For what is about the drivers themselves: on both in `npm test` too. All else takes `databaseKinds`. */
export const bothKinds: readonly DatabaseKind[] = ['pglite', 'postgres'];

/** For what is tested on one driver, whichever. */
export const oneKind: DatabaseKind = isLong ? 'pglite' : 'postgres';
