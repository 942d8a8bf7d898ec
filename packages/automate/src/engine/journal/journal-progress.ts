import { isBadStatement } from '../../db/index.ts';

/** What is known of whether the journal gets on. */
export interface JournalProgress {
  /** Runs one write of a batch. */
  watch<T>(write: () => Promise<T>): Promise<T>;
  judge(): { readonly ok: boolean; readonly detail: string };
}

/** How long writes may fail, and how long one may take. */
const FAILING_SECONDS = 5;
const STALLED_SECONDS = 30;
/** After so long without a failure, nothing is said of the last one: jobs that failed are tried again earlier. */
const FORGET_SECONDS = 60;

export function createJournalProgress(now: () => number = Date.now): JournalProgress {
  const underWay = new Set<{ readonly since: number }>();
  let failingSince: number | undefined;
  let failedAt = 0;
  return {
    async watch(write) {
      const one = { since: now() };
      underWay.add(one);
      try {
        const result = await write();
        failingSince = undefined;
        return result;
      } catch (error) {
        // What is refused for what it holds is the fault of one entry.
        if (!isBadStatement(error)) {
          failingSince ??= one.since;
          failedAt = now();
        }
        throw error;
      } finally {
        underWay.delete(one);
      }
    },
    judge() {
      const oldest = Math.min(...[...underWay].map(({ since }) => since));
      if (now() - oldest >= STALLED_SECONDS * 1_000)
        return { ok: false, detail: `a write of steps has not come to its end since ${new Date(oldest).toISOString()}` };
      // Nobody may have had anything to store since.
      if (now() - failedAt >= FORGET_SECONDS * 1_000) failingSince = undefined;
      if (failingSince !== undefined && now() - failingSince >= FAILING_SECONDS * 1_000)
        return { ok: false, detail: `steps are not stored since ${new Date(failingSince).toISOString()}` };
      return { ok: true, detail: 'storing steps' };
    },
  };
}
