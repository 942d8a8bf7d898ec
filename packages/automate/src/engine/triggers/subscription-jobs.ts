import type { Db } from '../../db/index.ts';
import { backoffMs, type ClaimedJob, enqueue, lockLeases, type NewJob, restateJobs, settle } from '../../jobs/index.ts';
import { cutText, errorMessage } from '../../kernel/index.ts';

export const TRIGGER_SUBSCRIPTIONS = 'trigger_subscriptions';

/** Tries after which the subscriptions of a workflow are a dead letter. */
const MOST_TRIES = 50;
const LONGEST_REASON = 10_000;

interface Task {
  readonly tenantId: string;
  readonly workflowId: string;
  /** Default: that of a new cause. */
  readonly traceId?: string;
  /** How often it was tried before. Default 0. */
  readonly tries?: number;
}

/** Gives what was never tried a head start of a minute, which is as long as a try takes. */
const PRIORITY_AGAIN = -6;

/**
 * Work that makes the subscriptions of a workflow what its live version says. One of a tenant runs at a time, so that trigger types that
 * hang hold one place of all workers, and no more, whatever a tenant publishes.
 */
export function subscriptionJob(task: Task): NewJob {
  const slot = { name: `${TRIGGER_SUBSCRIPTIONS}:${task.tenantId}`, capacity: 1 };
  return { ...jobOf(task), slot, priority: task.tries ? PRIORITY_AGAIN : 0 };
}

/** A slot is held through the pauses of its job, so a pause is a job of its own, which has none and lines up when it is over. */
function pauseJob(task: Task, pauseMs: number): NewJob {
  return { ...jobOf(task), runAt: new Date(Date.now() + pauseMs) };
}

function jobOf({ tenantId, workflowId, traceId, tries = 0 }: Task): NewJob {
  const payload = { workflow_id: workflowId, tries };
  return { kind: TRIGGER_SUBSCRIPTIONS, tenantId, payload, maxAttempts: MOST_TRIES, ...(traceId !== undefined && { traceId }) };
}

/** Whether it is the pause before a try. */
export function isPause({ slot }: ClaimedJob): boolean {
  return slot === null;
}

/** The pause is over. */
export async function lineUp(db: Db, job: ClaimedJob): Promise<'settled'> {
  return replace(db, job, subscriptionJob(taskOf(job)));
}

/** Tries again after a pause, for which others of the tenant have their turn; after the last try it is a dead letter. */
export async function tryLater(db: Db, job: ClaimedJob, error: unknown): Promise<'settled'> {
  const task = taskOf(job);
  const tries = task.tries + 1;
  if (tries < MOST_TRIES) return replace(db, job, pauseJob({ ...task, tries }, backoffMs(tries)));
  await db.transaction(async (transaction) => {
    if ((await lockLeases(transaction, [job.lease])).size === 0) return;
    // Who redrives it wants it tried as often again.
    await restateJobs(transaction, [{ jobId: job.id, payload: { ...job.payload, tries: 0 }, startedAt: job.startedAt }]);
    const failure = { code: 'job_error', message: cutText(errorMessage(error), LONGEST_REASON) };
    await settle(transaction, [{ lease: job.lease, outcome: { type: 'failed', error: failure } }]);
  });
  return 'settled';
}

function taskOf({ tenantId, traceId, payload }: ClaimedJob): Task & { readonly tries: number } {
  return { tenantId, traceId, workflowId: String(payload.workflow_id), tries: Number(payload.tries ?? 0) };
}

/** One job ends where another begins, or neither. */
async function replace(db: Db, job: ClaimedJob, next: NewJob): Promise<'settled'> {
  await db.transaction(async (transaction) => {
    if ((await lockLeases(transaction, [job.lease])).size === 0) return;
    await enqueue(transaction, [next]);
    await settle(transaction, [{ lease: job.lease, outcome: { type: 'succeeded' } }]);
  });
  return 'settled';
}
