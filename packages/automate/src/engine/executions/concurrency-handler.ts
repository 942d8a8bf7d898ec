import type { Db, Queryable } from '../../db/index.ts';
import { blockedJobs, type JobHandler, membersOf, notifyJobs, unblock } from '../../jobs/index.ts';
import { AppError } from '../../kernel/index.ts';
import { endingAmong, parentOf, requestFailure } from '../flow/concurrency.store.ts';
import { CONCURRENCY_KIND, type ConcurrencyTask } from '../flow/concurrency.ts';
import { findDeadlock } from '../flow/deadlock.ts';
import type { ExecutionControl } from './execution-control.ts';

/**
 * Does what follows from the start of executions and cannot be done in its transaction, which has slots locked: whoever ends locks
 * its own job first and its slot then.
 */
export function concurrencyHandler(options: {
  db: Db;
  control: Pick<ExecutionControl, 'cancel'>;
  notify(executionIds: readonly string[]): void;
}): JobHandler {
  const { db, control, notify } = options;

  async function cancel(tenantId: string, executionId: string): Promise<void> {
    await control.cancel({ tenantId }, executionId).catch((error: unknown) => {
      if (!AppError.is(error) || error.status >= 500) throw error; // else it has ended meanwhile
    });
  }

  /** Cancels the oldest, as many as are too much. */
  async function cancelExcess(tenantId: string, slot: string): Promise<void> {
    const { jobIds, capacity } = await membersOf(db, slot);
    const ending = await endingAmong(db, jobIds);
    const staying = jobIds.filter((id) => !ending.has(id));
    for (const id of staying.slice(0, Math.max(staying.length - capacity, 0))) await cancel(tenantId, id);
  }

  async function failStuck(executionId: string): Promise<void> {
    const isStuck = await db.transaction(async (transaction) => {
      const message = await deadlockOf(transaction, executionId);
      if (message === undefined) return false;
      await requestFailure(transaction, executionId, { code: 'concurrency_deadlock', message });
      await unblock(transaction, [executionId]);
      await notifyJobs(transaction, [executionId]);
      return true;
    });
    if (isStuck) notify([executionId]);
  }

  return {
    kind: CONCURRENCY_KIND,
    async run({ tenantId, payload }) {
      const task = payload as unknown as ConcurrencyTask;
      if ('cancel_excess_in' in task) await cancelExcess(tenantId, task.cancel_excess_in);
      else if ('cancel' in task) await cancel(tenantId, task.cancel);
      else await failStuck(task.check_deadlock_of);
      return { type: 'succeeded' };
    },
  };
}

async function deadlockOf(db: Queryable, executionId: string): Promise<string | undefined> {
  const [blocked, parentId] = await Promise.all([blockedJobs(db, [executionId]), parentOf(db, executionId)]);
  const slot = blocked.get(executionId);
  return slot && parentId ? findDeadlock(db, { slot, parentId, executionId }) : undefined;
}
