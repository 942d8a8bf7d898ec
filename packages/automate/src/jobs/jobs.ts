import { createHash } from 'node:crypto';
import type { Db, Queryable } from '../db/index.ts';
import type { JsonObject } from '../kernel/index.ts';
import { batchHandler } from './batch.ts';
import {
  cancelLocked,
  countDeadLetters,
  deadLetters,
  type JobFilter,
  type LockedJob,
  lockJob,
  requeueLocked,
  updatesOf,
} from './control.store.ts';
import { jobErrors } from './errors.ts';
import { enqueue } from './job.store.ts';
import type { JobHandler } from './job.ts';
import type { JobUpdate } from './schemas.ts';

interface Actor {
  readonly tenantId: string;
  readonly id: string;
}

/** Steers and follows jobs. */
export interface Jobs {
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
  /** How a job stands, and each time that changes; ends with the job. */
  follow(options: { tenantId: string; jobId: string; after: string | undefined; signal: AbortSignal }): AsyncIterable<{
    readonly id: string;
    readonly event: 'job';
    readonly data: JobUpdate;
  }>;
  /** Runs the batches of dead letters. */
  readonly handler: JobHandler;
}

export const REDRIVE_BATCH = 'job_batch';
const LOOK_EVERY_MS = 300;
const ENDED = new Set(['succeeded', 'failed', 'cancelled']);

export function createJobs(options: {
  db: Db;
  handlers: readonly JobHandler[];
  onQueued(): void;
  /** Told which running jobs are to end. */
  onCancelled(jobIds: readonly string[]): void;
}): Jobs {
  const { db, onQueued, onCancelled } = options;
  const handlers = new Map(options.handlers.map((handler) => [handler.kind, handler]));

  async function redriveWithin(transaction: Queryable, jobId: string): Promise<void> {
    const job = found(await lockJob(transaction, jobId));
    if (job.state !== 'failed')
      throw jobErrors.job_not_dead(`Only dead letters can be tried again, and this job is ${job.state}.`);
    await requeueLocked(transaction, jobId, job);
    await handlers.get(job.kind)?.onRedrive?.(transaction, [jobId]);
  }

  return {
    async cancel(actor, jobId) {
      const own = await db.asTenant(actor.tenantId, async (transaction) => {
        const job = found(await lockJob(transaction, jobId));
        if (ENDED.has(job.state)) throw jobErrors.job_ended(`The job has ended already: it is ${job.state}.`);
        const cancel = handlers.get(job.kind)?.cancel;
        if (!cancel) await cancelLocked(transaction, jobId, job);
        return cancel;
      });
      if (own) await own(actor, jobId);
      else onCancelled([jobId]);
    },
    async redrive(actor, jobId) {
      await db.asTenant(actor.tenantId, (transaction) => redriveWithin(transaction, jobId));
      onQueued();
    },
    async startBatch(batch) {
      const [id] = await db.asTenant(batch.tenantId, (transaction) => enqueue(transaction, [{ ...batch, priority: 5 }]));
      onQueued();
      return id as string;
    },
    async *follow({ tenantId, jobId, after, signal }) {
      let seen = after;
      while (!signal.aborted) {
        const [job] = await db.asTenant(tenantId, (transaction) => updatesOf(transaction, [jobId]));
        if (!job) return; // deleted, since its time was over
        const { epoch, ...data } = job;
        const id = `${epoch}.${createHash('sha256').update(JSON.stringify(data)).digest('base64url').slice(0, 16)}`;
        if (id !== seen) yield { id, event: 'job', data };
        seen = id;
        if (ENDED.has(job.state)) return;
        await pause(LOOK_EVERY_MS, signal);
      }
    },
    handler: batchHandler<{ filter: JobFilter }>({
      kind: REDRIVE_BATCH,
      db,
      count: (transaction, { filter }, until) => countDeadLetters(transaction, { filter, until }),
      next: (transaction, { payload, ...page }) => deadLetters(transaction, { filter: payload.filter, ...page }),
      work: (transaction, { id }) => redriveWithin(transaction, id),
      onDone: onQueued,
    }),
  };
}

function found(job: LockedJob | undefined): LockedJob {
  if (!job) throw jobErrors.job_not_found('There is no job with this id.');
  return job;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
