import type { Db, Queryable } from '../db/index.ts';
import { batchHandler } from './batch.ts';
import { jobErrors } from './errors.ts';
import { ENDED_STATES, type JobHandler, type JobState, unfinishedStates } from './job.ts';
import type { LiveUpdates } from './live/live.ts';
import type { SharedReads } from './live/shared-reads.ts';
import { cancelLocked, countJobs, type JobFilter, jobsBehind, kindOf, type LockedJob, lockJob } from './store/control.store.ts';

export const JOB_BATCH = 'job_batch';

/** What steering jobs takes. */
export interface JobControlOptions {
  readonly db: Db;
  readonly live: LiveUpdates;
  readonly reads: SharedReads;
  readonly handlers: ReadonlyMap<string, JobHandler>;
  onQueued(): void;
  /** Called with the jobs that are to end where they run. */
  onCancelled(jobIds: readonly string[]): void;
  /** Called with the jobs that their handlers end in a way of their own. */
  notify(jobIds: readonly string[]): void;
}

/** What the job of a batch holds; one that says nothing else tries again. */
interface JobBatch {
  readonly action?: 'redrive' | 'cancel';
  readonly filter: JobFilter;
}

const statesOf = ({ action }: JobBatch): readonly JobState[] => (action === 'cancel' ? unfinishedStates : ['failed']);

/** Cancels many jobs, or tries many dead letters again. */
export function jobBatchHandler(
  { db, live, handlers, onQueued, onCancelled, notify }: JobControlOptions,
  redriveWithin: (transaction: Queryable, jobId: string) => Promise<void>,
): JobHandler {
  /** Of what is under way: jobs to be told of once their page is stored. */
  const endedByHandlers = new Set<string>();
  const cancelled = new Set<string>();

  async function cancelWithin(transaction: Queryable, jobId: string): Promise<void> {
    const handler = handlers.get(await kindOf(transaction, jobId));
    if (handler?.cancelWithin) {
      // It locks what it has to, in its own order.
      await handler.cancelWithin(transaction, jobId);
      endedByHandlers.add(jobId);
      return;
    }
    if (handler?.cancel) throw jobErrors.job_alone('Jobs of this kind are cancelled one by one.');
    const job = requireJob(await lockJob(transaction, jobId));
    if (ENDED_STATES.has(job.state)) throw jobErrors.job_ended(`The job has ended already: it is ${job.state}.`);
    await cancelLocked(transaction, jobId, job);
    await handler?.onCancelled?.(transaction, [jobId]);
    cancelled.add(jobId);
  }

  return batchHandler<JobBatch>({
    kind: JOB_BATCH,
    db,
    count: (transaction, batch, until) => countJobs(transaction, { filter: batch.filter, states: statesOf(batch), until }),
    next: (transaction, { payload, ...page }) =>
      jobsBehind(transaction, { filter: payload.filter, states: statesOf(payload), ...page }),
    work: (transaction, { id, payload }) =>
      payload.action === 'cancel' ? cancelWithin(transaction, id) : redriveWithin(transaction, id),
    onDone(ids) {
      const own = ids.filter((id) => endedByHandlers.delete(id));
      // A job that is tried again may run already: it must not be told to end.
      const stopped = ids.filter((id) => cancelled.delete(id));
      if (own.length > 0) notify(own);
      if (stopped.length > 0) onCancelled(stopped);
      live.publish(ids);
      onQueued();
    },
  });
}

/** @throws AppError `job_not_found` */
export function requireJob(job: LockedJob | undefined): LockedJob {
  if (!job) throw jobErrors.job_not_found('There is no job with this id.');
  return job;
}
