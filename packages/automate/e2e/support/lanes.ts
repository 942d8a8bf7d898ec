import type { DatabaseKind } from '../../src/testing/index.ts';

/** Whether this is `npm run test:long`: everything on both drivers and in its whole size. */
export const isLong = process.env.AUTOMATE_TEST_LANE === 'long';

/** For what is about the drivers themselves: on both in `npm test` too. All else takes `databaseKinds`. */
export const bothKinds: readonly DatabaseKind[] = ['pglite', 'postgres'];

/** For what is tested on one driver, whichever. */
export const oneKind: DatabaseKind = isLong ? 'pglite' : 'postgres';
