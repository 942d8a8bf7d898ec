import { type Db, isUnavailable } from '../../db/index.ts';
import { every, type Logger } from '../../kernel/index.ts';
import type { Keeper } from './keeper.ts';

/** What a worker does at intervals for as long as it runs. */
export interface Housekeeping {
  start(): void;
  /** A job has left dead rows behind. */
  jobFinished(): void;
  stop(): void;
}

export interface HousekeepingOptions {
  readonly db: Pick<Db, 'vacuum'>;
  readonly logger: Logger;
  readonly keeper: Pick<Keeper, 'heartbeat' | 'sweep'>;
  readonly heartbeatMs: number;
  /** Tables that change with every job, beside our own. */
  readonly hotTables: readonly string[];
}

const VACUUM_MS = 10_000;

export function createHousekeeping({ db, logger, keeper, heartbeatMs, hotTables }: HousekeepingOptions): Housekeeping {
  const vacuum = createVacuum(db, hotTables);
  let stops: readonly (() => void)[] = [];
  const logged = (what: string) => (error: unknown) => {
    if (!isUnavailable(error)) logger.error({ error }, `${what} failed`);
  };
  return {
    start() {
      stops = [
        every(heartbeatMs, keeper.heartbeat, logged('heartbeat')),
        every(heartbeatMs, keeper.sweep, logged('lease sweep')),
        every(VACUUM_MS, vacuum.run, logged('vacuum')),
      ];
    },
    jobFinished: vacuum.jobFinished,
    stop() {
      for (const stop of stops) stop();
    },
  };
}

/** On PGlite, dead rows are cleaned after this many finished jobs. */
const VACUUM_EVERY = 20_000;
const OWN_TABLES = ['jobs', 'job_queue', 'job_leases', 'job_timers', 'workers'];

/** Cleans tables of which every job leaves dead rows, where no server does it by itself. @param tables beside our own */
function createVacuum(db: Pick<Db, 'vacuum'>, tables: readonly string[]) {
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
