import type { DatabaseKind } from '../../src/testing/index.ts';

/** Whether this is `npm run test:long`: everything on both drivers and in its whole size. */
export const isLong = process.env.AUTOMATE_TEST_LANE === 'long';

/** What `npm test` does in a small size, and `npm run test:long` in its whole one. */
export function sized<T>(short: T, whole: T): T {
  return isLong ? whole : short;
}

/**
 * All of them in the long lane. In the short one every `step`-th, and one at least: another part with each seed, so that a few runs of
 * the short lane see all too.
 */
export function sampled<T>(items: readonly T[], step: number, seed: number): readonly T[] {
  if (isLong) return items;
  const first = seed % Math.max(Math.min(step, items.length), 1);
  return items.filter((_, index) => index % step === first);
}

/** For what is about the drivers themselves: on both in `npm test` too. All else takes `databaseKinds`. */
export const bothKinds: readonly DatabaseKind[] = ['pglite', 'postgres'];

/** For what is tested on one driver, whichever. */
export const oneKind: DatabaseKind = isLong ? 'pglite' : 'postgres';
