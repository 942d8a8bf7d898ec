import type { Db } from '../../db/index.ts';
import type { Logger } from '../../kernel/index.ts';
import { nextDueMs } from '../flow/release.store.ts';
import { createStrikes } from './isolates.ts';
import { releaseGatherings } from './release.ts';

/** Releases what was gathered, when it is due. */
export interface Releases {
  /** Returns how many were released, if it is time to look at all. */
  release(): Promise<number>;
  /** Something was gathered: when the next is due has to be asked anew. */
  expect(): void;
}

/** How late gathered events may start their execution, where another process gathered them. */
const POLL_MS = 1_000;

export function createReleases(options: {
  db: Db;
  logger: Logger;
  onReleased(): void;
  /** Called with the time until something is due, in milliseconds. */
  onDueIn(milliseconds: number): void;
}): Releases {
  const { db, logger, onReleased, onDueIn } = options;
  const isOut = createStrikes();
  let pollAt = 0;
  return {
    async release() {
      if (performance.now() < pollAt) return 0;
      const released = await releaseGatherings({ db, logger, isOut });
      if (released > 0) onReleased();
      const pause = Math.min((await nextDueMs(db)) ?? POLL_MS, POLL_MS);
      pollAt = performance.now() + pause;
      onDueIn(pause);
      return released;
    },
    expect() {
      pollAt = 0;
    },
  };
}
