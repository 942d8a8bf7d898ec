import type { Db, Queryable } from '../../db/index.ts';
import { type JobHandler, membersOf, tell, unblock } from '../../jobs/index.ts';
import { AppError } from '../../kernel/index.ts';
import { endingAmong, findBlocked, requestFailure } from '../flow/concurrency.store.ts';
import { STEERING_KIND, type SteeringTask } from '../flow/concurrency.ts';
import { findDeadlock } from '../flow/deadlock.ts';
import type { ExecutionControl } from './execution-control.ts';

/**
 * Does what follows from the start of executions and cannot be done in its transaction, which has slots locked: whoever ends locks
 * its own job first and its slot then.
 */
export function steeringHandler(options: {
  db: Db;
  control: Pick<ExecutionControl, 'cancel'>;
  onTold(executionIds: readonly string[]): void;
}): JobHandler {
  const { db, control, onTold } = options;

  async function cancel(tenantId: string, executionId: string): Promise<void> {
    await control.cancel({ tenantId }, executionId).catch((error: unknown) => {
      if (!AppError.is(error) || error.status >= 500) throw error; // else it has ended meanwhile
    });
  }

  /** Cancels the oldest, as many as are too much. */
  async function makeRoom(tenantId: string, slot: string): Promise<void> {
    const { jobIds, capacity } = await membersOf(db, slot);
    const ending = await endingAmong(db, jobIds);
    const staying = jobIds.filter((id) => !ending.has(id));
    for (const id of staying.slice(0, Math.max(staying.length - capacity, 0))) await cancel(tenantId, id);
  }

  async function failStuck(executionId: string): Promise<void> {
    const isTold = await db.transaction(async (transaction) => {
      const message = await deadlockOf(transaction, executionId);
      if (message === undefined) return false;
      await requestFailure(transaction, executionId, { code: 'concurrency_deadlock', message });
      await unblock(transaction, [executionId]);
      await tell(transaction, [executionId]);
      return true;
    });
    if (isTold) onTold([executionId]);
  }

  return {
    kind: STEERING_KIND,
    async run({ tenantId, payload }) {
      const task = payload as unknown as SteeringTask;
      if ('make_room_in' in task) await makeRoom(tenantId, task.make_room_in);
      else if ('cancel' in task) await cancel(tenantId, task.cancel);
      else await failStuck(task.look_for_deadlock_of);
      return { type: 'succeeded' };
    },
    onDead: async () => undefined,
  };
}

async function deadlockOf(db: Queryable, executionId: string): Promise<string | undefined> {
  const blocked = await findBlocked(db, executionId);
  return blocked?.parentId ? findDeadlock(db, { slot: blocked.slot, parentId: blocked.parentId, executionId }) : undefined;
}
