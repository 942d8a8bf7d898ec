import { type Queryable, sqlIn } from '../../db/index.ts';
import { lockJobs } from '../../jobs/index.ts';
import { openExecutions } from '../records/status.ts';
import { cancelLocked } from './control.store.ts';

/**
 * Lets executions end as cancelled whose parents have ended, or whose steps do not wait for them any more; those that are to
 * outlive their parents go on. Returns the ids of those that were notified.
 * @param parents executions that end
 * @param steps steps of executions that go on
 */
export async function cancelChildren(
  transaction: Queryable,
  parents: readonly string[],
  steps: readonly { readonly executionId: string; readonly step: string }[] = [],
): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(
    `select id from executions
     where parent_execution_id = any($1) and not outlives_parent and ending is null and status ${sqlIn(openExecutions)}
       and (parent_execution_id = any($2) or (parent_execution_id, parent_step) in (select * from unnest($3::uuid[], $4::text[])))`,
    [
      [...new Set([...parents, ...steps.map(({ executionId }) => executionId)])],
      parents,
      steps.map(({ executionId }) => executionId),
      steps.map(({ step }) => step),
    ],
  );
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  // Jobs before executions and in one order, as everybody does, so that nobody deadlocks.
  await lockJobs(transaction, ids);
  return cancelLocked(transaction, ids);
}

/** The executions that were notified of the end of these: those that wait for them, and those that end with them. */
export async function relativesOf(db: Queryable, executionIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select parent_execution_id as id from executions where id = any($1) and parent_step is not null
     union select id from executions where parent_execution_id = any($1) and ending = 'cancelled' and finished_at is null`,
    [executionIds],
  );
  return rows.map(({ id }) => id);
}
