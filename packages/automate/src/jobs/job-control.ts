import type { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import type { JsonObject } from '../kernel/index.ts';
import { jobErrors } from './errors.ts';
import { ENDED_STATES, type JobHandler } from './job.ts';
import { type JobControlOptions, jobBatchHandler, requireJob } from './job-batch.ts';
import { followJob, type JobEvent } from './live/follow-job.ts';
import type { DeadLetters } from './schemas.ts';
import { cancelLocked, lockJob, requeueLocked } from './store/control.store.ts';
import { enqueue } from './store/job.store.ts';
import { countDead, deadLetterGroups } from './store/list.store.ts';

interface Actor {
  readonly tenantId: string;
  readonly id: string;
}

/** Steers and follows jobs. */
export interface JobControl {
  /**
   * Ends a job: at once, or, where it runs, within a moment.
   * @throws AppError `job_not_found`, `job_ended`
   */
  cancel(actor: Actor, jobId: string): Promise<void>;
  /**
   * Queues a dead letter again.
   * @throws AppError `job_not_found`, `job_not_dead`
   */
  redrive(actor: Actor, jobId: string): Promise<void>;
  /** Queues a batch, and returns the id of its job. */
  startBatch(batch: { kind: string; tenantId: string; traceId: string; payload: JsonObject }): Promise<string>;
  /** How a job stands, and each time that changes, under ids that count up; ends with the job. */
  follow(of: { tenantId: string; jobId: string; after: number | undefined; signal: AbortSignal }): AsyncIterable<JobEvent>;
  /** Runs the batches of jobs. */
  readonly batchHandler: JobHandler;
  /** Why jobs of a tenant are dead letters. */
  deadLetters(tenantId: string): Promise<z.input<typeof DeadLetters>>;
  /** How many are, counted up to `enough`. */
  countDead(tenantId: string, enough: number): Promise<number>;
}

export function createJobControl(options: JobControlOptions): JobControl {
  const { db, live, reads, handlers, onQueued, onCancelled } = options;

  async function redriveWithin(transaction: Queryable, jobId: string): Promise<void> {
    const job = requireJob(await lockJob(transaction, jobId));
    if (job.state !== 'failed')
      throw jobErrors.job_not_dead(`Only dead letters can be tried again, and this job is ${job.state}.`);
    await requeueLocked(transaction, jobId, job);
    await handlers.get(job.kind)?.onRedrive?.(transaction, [jobId]);
  }

  return {
    async cancel(actor, jobId) {
      const own = await db.asTenant(actor.tenantId, async (transaction) => {
        const job = requireJob(await lockJob(transaction, jobId));
        if (ENDED_STATES.has(job.state)) throw jobErrors.job_ended(`The job has ended already: it is ${job.state}.`);
        const handler = handlers.get(job.kind);
        if (handler?.cancel) return handler.cancel;
        await cancelLocked(transaction, jobId, job);
        await handler?.onCancelled?.(transaction, [jobId]);
        return undefined;
      });
      if (own) await own(actor, jobId);
      else onCancelled([jobId]);
      live.publish([jobId]);
    },
    async redrive(actor, jobId) {
      await db.asTenant(actor.tenantId, (transaction) => redriveWithin(transaction, jobId));
      live.publish([jobId]);
      onQueued();
    },
    async startBatch(batch) {
      const [id] = await db.asTenant(batch.tenantId, (transaction) => enqueue(transaction, [{ ...batch, priority: 5 }]));
      onQueued();
      return id as string;
    },
    follow: (of) => followJob({ db, live, reads }, of),
    batchHandler: jobBatchHandler(options, redriveWithin),
    async deadLetters(tenantId) {
      const { groups, isPartial } = await db.asTenant(tenantId, (transaction) => deadLetterGroups(transaction, tenantId));
      return { groups, is_partial: isPartial };
    },
    countDead: (tenantId, enough) => db.asTenant(tenantId, (transaction) => countDead(transaction, tenantId, enough)),
  };
}
