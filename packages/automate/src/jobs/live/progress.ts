import type { Queryable } from '../../db/index.ts';
import { errorMessage, type JsonObject, type Logger } from '../../kernel/index.ts';
import type { Lease } from '../job.ts';
import { storeProgress } from '../store/control.store.ts';

const EVERY_MS = 500;

export interface ProgressWriter {
  report(progress: JsonObject): void;
  /** Stores what was reported last. */
  end(): Promise<void>;
}

/** Stores how far a handler reports to be: the first report at once, then the latest twice a second. */
export function createProgressWriter({
  db,
  lease,
  logger,
  onStored,
}: {
  db: Queryable;
  lease: Lease;
  logger: Logger;
  onStored(): void;
}): ProgressWriter {
  let latest: JsonObject | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function write(): void {
    timer = undefined;
    const progress = latest;
    if (progress === undefined) return;
    latest = undefined;
    timer = setTimeout(write, EVERY_MS).unref();
    writing = writing
      .then(() => storeProgress(db, lease, progress))
      .then(onStored)
      .catch((error: unknown) => logger.debug({ reason: errorMessage(error) }, 'progress not stored'));
  }

  return {
    report(progress) {
      latest = progress;
      if (timer === undefined) write();
    },
    async end() {
      clearTimeout(timer);
      write();
      clearTimeout(timer);
      await writing;
    },
  };
}
