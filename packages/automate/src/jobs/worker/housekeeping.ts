import { type Db, isUnavailable } from '../../db/index.ts';
import type { Logger } from '../../kernel/index.ts';

/** Runs tasks at intervals, none of them twice at a time. */
export interface Timers {
  every(milliseconds: number, what: string, task: () => Promise<void>): void;
  stop(): void;
}

export function createTimers(logger: Logger): Timers {
  const timers: NodeJS.Timeout[] = [];
  return {
    every(milliseconds, what, task) {
      let isRunning = false;
      const timer = setInterval(async () => {
        if (isRunning) return;
        isRunning = true;
        await task().catch((error: unknown) => {
          if (!isUnavailable(error)) logger.error({ error }, `${what} failed`);
        });
        isRunning = false;
      }, milliseconds);
      timers.push(timer.unref());
    },
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** On PGlite, dead rows are cleaned after this many finished jobs. */
const VACUUM_EVERY = 20_000;
const OWN_TABLES = ['jobs', 'job_queue', 'job_leases', 'job_timers', 'workers'];

/** Cleans tables of which every job leaves dead rows, where no server does it by itself. @param tables beside our own */
export function createVacuum(db: Pick<Db, 'vacuum'>, tables: readonly string[]) {
  let finished = 0;
  return {
    jobFinished(): void {
      finished += 1;
    },
    async run(): Promise<void> {
      if (finished < VACUUM_EVERY) return;
      finished = 0;
      await db.vacuum([...OWN_TABLES, ...tables]);
    },
  };
}
