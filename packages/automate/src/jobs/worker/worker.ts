import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { ClaimedJob, JobHandler } from '../job.ts';
import type { LiveUpdates } from '../live/live.ts';
import type { Wanted } from '../store/claim.store.ts';
import { settle } from '../store/job.store.ts';
import { createClaimer } from './claimer.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createInFlightJobs, type InFlightJobs } from './in-flight.ts';
import { createKeeper } from './keeper.ts';
import { createOutcomes } from './outcomes.ts';
import { runJob } from './run-job.ts';
import { createWorkerLease } from './worker-lease.ts';

export interface WorkerOptions {
  readonly db: Db;
  readonly logger: Logger;
  /** By the kinds of jobs that they run. */
  readonly handlers: ReadonlyMap<string, JobHandler>;
  /** Called with the jobs that have changed. */
  readonly live: Pick<LiveUpdates, 'publish'>;
  /** Unique per start of a process. */
  readonly name: string;
  /** Most jobs in flight at once. */
  readonly concurrency: number;
  /** The kinds of jobs to claim. Default: all that there are handlers of. */
  readonly kinds?: readonly string[] | undefined;
  /** The lanes to claim from. Default: all. */
  readonly lanes?: readonly string[] | undefined;
  readonly leaseSeconds: number;
  /** Whether no other process can be working on this database, so that every foreign lease is a dead one. */
  readonly isAlone: boolean;
  /** Tables that change with every job, beside our own: cleaned together where no server does it. */
  readonly hotTables?: readonly string[];
}

/** Claims jobs, runs their handlers, keeps their leases alive and stores their outcomes. */
export interface Worker {
  start(): Promise<void>;
  /** There is work now. @param lanes where, as far as it is known: those with little in flight come first */
  wake(lanes?: readonly string[]): void;
  /** A job becomes due in so many milliseconds, so that nobody has to poll for it. */
  wakeIn(milliseconds: number): void;
  /** These jobs were notified: those in flight here are called. @param jobIds default: any may have been */
  notify(jobIds?: Iterable<string>): void;
  /** Ends these jobs, if they are in flight here. */
  cancel(jobIds: Iterable<string>): void;
  isHealthy(): boolean;
  /** How many jobs are in flight. */
  inFlight(): number;
  /** Claims nothing more, lets what runs reach a safe point, gives back the rest; ends within the time given. */
  stop(timeoutMs: number): Promise<void>;
}

export function createWorker(options: WorkerOptions): Worker {
  const { db, logger, live, handlers, name, concurrency, leaseSeconds, lanes, isAlone, hotTables = [] } = options;
  const heartbeatMs = (leaseSeconds * 1_000) / 3;
  let isDraining = false;
  const inFlight = createInFlightJobs();
  const lease = createWorkerLease({ db, name, seconds: leaseSeconds, concurrency });
  const outcomes = createOutcomes({ db, live, handlers });
  const running = {
    context: { db, logger, live, isDraining: () => isDraining },
    handlers,
    inFlight,
    outcomes,
    onRetry: (delayMs: number) => claimer.dueIn(delayMs),
    onReleased(job: ClaimedJob) {
      housekeeping.jobFinished();
      claimer.released(job);
    },
  };
  const claimer = createClaimer({
    db,
    logger,
    owner: lease.owner,
    inFlight,
    concurrency,
    kinds: options.kinds ?? [...handlers.keys()],
    wanted: wantedOf(options),
    lanes,
    onClaimed(jobs) {
      live.publish(jobs.map(({ id }) => id));
      for (const job of jobs) void runJob(running, job);
    },
  });
  const onRequeued = () => claimer.wake();
  const keeper = createKeeper({ db, logger, live, lease, inFlight, outcomes, heartbeatMs, onRequeued });
  const housekeeping = createHousekeeping({ db, logger, keeper, heartbeatMs, hotTables });

  return {
    async start() {
      await keeper.begin(isAlone);
      housekeeping.start();
      claimer.start();
    },
    wake: claimer.wake,
    notify: inFlight.notify,
    cancel: inFlight.cancel,
    wakeIn: claimer.dueIn,
    isHealthy: claimer.isHealthy,
    inFlight: () => inFlight.size,
    async stop(timeoutMs) {
      isDraining = true;
      await claimer.stop();
      await untilDrained(inFlight, timeoutMs);
      await giveBack(db, inFlight, logger);
      await outcomes.idle();
      housekeeping.stop();
      await lease.end().catch(() => undefined); // it runs out
    },
  };
}

async function untilDrained(inFlight: InFlightJobs, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (inFlight.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** What has not come to a safe point is taken up by another worker: at once, or when the lease of this one has run out. */
async function giveBack(db: Db, inFlight: InFlightJobs, logger: Logger): Promise<void> {
  const rest = inFlight.all();
  if (rest.length === 0) return;
  for (const { abort } of rest) abort.abort(new Error('worker stopping'));
  const released = rest
    .map(({ job }) => ({ lease: job.lease, outcome: { type: 'released' } as const }))
    .toSorted((left, right) => (left.lease.jobId < right.lease.jobId ? -1 : 1));
  try {
    await db.transaction((transaction) => settle(transaction, released));
  } catch (error) {
    logger.warn({ reason: errorMessage(error) }, 'could not release jobs');
  }
}

/** Which index a claim goes by. */
function wantedOf({ kinds, handlers }: Pick<WorkerOptions, 'kinds' | 'handlers'>): Wanted {
  if (!kinds) return 'every kind';
  return kinds.some((kind) => handlers.get(kind)?.isBulk) ? 'some kinds' : 'no bulk';
}
