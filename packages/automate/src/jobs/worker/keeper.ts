import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { LiveUpdates } from '../live/live.ts';
import { type ReclaimOptions, reclaim } from '../store/lease.store.ts';
import type { InFlightJobs } from './in-flight.ts';
import type { Outcomes } from './outcomes.ts';
import type { WorkerLease } from './worker-lease.ts';

export interface KeeperOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly live: Pick<LiveUpdates, 'publish'>;
  readonly lease: WorkerLease;
  readonly inFlight: InFlightJobs;
  readonly outcomes: Pick<Outcomes, 'recordDead' | 'afterDead'>;
  readonly heartbeatMs: number;
  /** Called when jobs were queued again. */
  onRequeued(): void;
}

/** Keeps what a worker has, and takes back what others have lost. */
export interface Keeper {
  /** Takes the lease, and sweeps for the first time; what fails is tried again with the heartbeats. @param isAlone whether no other worker can be alive */
  begin(isAlone: boolean): Promise<void>;
  /** Extends the lease, and goes by what the database says that the worker has. */
  heartbeat(): Promise<void>;
  /** Takes back the jobs of workers that are gone, unless this one could not renew its own lease: the others were without the database too. */
  sweep(): Promise<void>;
}

export function createKeeper(options: KeeperOptions): Keeper {
  const { db, logger, live, lease, inFlight, outcomes, heartbeatMs, onRequeued } = options;

  async function takeBack(which: ReclaimOptions): Promise<void> {
    const { requeued, dead } = await db.transaction(async (transaction) => {
      const result = await reclaim(transaction, which);
      await outcomes.recordDead(transaction, result.dead);
      return result;
    });
    if (requeued + dead.length > 0) logger.info({ requeued, dead: dead.length }, 'took back jobs of workers that are gone');
    live.publish(dead.map(({ id }) => id));
    outcomes.afterDead(dead);
    if (requeued > 0) onRequeued();
  }

  return {
    async begin(isAlone) {
      try {
        await lease.begin();
        await takeBack({ onlyAlive: isAlone ? lease.owner() : undefined });
      } catch (error) {
        logger.warn({ reason: errorMessage(error) }, 'cannot claim jobs yet');
      }
    },
    async heartbeat() {
      // Taken since, a job is not expected to be found.
      const due = inFlight.takenBefore(heartbeatMs / 2);
      const { held, notified, cancelled, orphaned } = await lease.heartbeat(inFlight.has);
      for (const mine of due)
        if (!held.has(mine.job.id) && inFlight.lose(mine))
          logger.warn({ 'trace.id': mine.job.traceId, job_id: mine.job.id }, 'lease lost, stopping the job here');
      inFlight.notify(notified);
      inFlight.cancel(cancelled);
      if (orphaned.length > 0) await takeBack({ orphaned: { owner: lease.owner(), jobIds: orphaned } });
    },
    async sweep() {
      if (!lease.missedRenewal()) await takeBack({});
    },
  };
}
