import { type Queryable, sqlIn } from '../../db/index.ts';
import { blockedJobs, slotMembersSql } from '../../jobs/index.ts';
import type { Failure } from '../records/execution.ts';
import { openExecutions } from '../records/status.ts';

/** The execution that waits for one; others have a parent that does not. */
const AWAITED_BY = 'case when parent_step is not null then parent_execution_id end';
const OPEN = `status ${sqlIn(openExecutions)}`;

/** The jobs of a workflow's executions that have a slot, or wait for one. */
export async function slotMembers(
  transaction: Queryable,
  { tenantId, workflowId }: { tenantId: string; workflowId: string },
): Promise<{ slot: string; jobId: string }[]> {
  const { rows } = await transaction.query<{ slot: string; jobId: string }>(
    `select slot, job_id as "jobId" from ${slotMembersSql('$1')} as member join automate.executions on executions.id = job_id
     where workflow_id = $2`,
    [tenantId, workflowId],
  );
  return rows;
}

export interface AwaitedExecution {
  readonly id: string;
  readonly parent: string;
  /** The slot it waits for. */
  readonly waitsFor: string | null;
}

/** The executions that these wait for. */
export async function awaitedBy(db: Queryable, executionIds: readonly string[]): Promise<AwaitedExecution[]> {
  const { rows } = await db.query<{ id: string; parent: string }>(
    `select id, parent_execution_id as parent from automate.executions
     where parent_execution_id = any($1) and parent_step is not null and ${OPEN}`,
    [executionIds],
  );
  if (rows.length === 0) return [];
  const slots = await blockedJobs(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, waitsFor: slots.get(row.id) ?? null }));
}

/** The execution that waits for one; null when none does. */
export async function parentOf(db: Queryable, executionId: string): Promise<string | null> {
  const { rows } = await db.query<{ parent: string | null }>(
    `select ${AWAITED_BY} as parent from automate.executions where id = $1`,
    [executionId],
  );
  return rows[0]?.parent ?? null;
}

/** An execution and those that wait for it, the nearest first. */
export async function lineOf(db: Queryable, executionId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `with recursive line(id, parent, distance) as (
       select id, ${AWAITED_BY}, 0 from automate.executions where id = $1
       union all
       select above.id, ${AWAITED_BY}, distance + 1 from line join automate.executions above on above.id = parent where distance < 100
     ) select id from line order by distance`,
    [executionId],
  );
  return rows.map(({ id }) => id);
}

/** Which of these are on their way to an end, or there. */
export async function endingAmong(transaction: Queryable, executionIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await transaction.query<{ id: string }>(
    `select id from automate.executions where id = any($1) and (ending is not null or not ${OPEN})`,
    [executionIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Lets an execution end as failed, for a reason that lies outside of its steps. */
export async function requestFailure(transaction: Queryable, executionId: string, error: Failure): Promise<void> {
  await transaction.query(
    `update automate.executions set ending = 'failed', error = $2 where id = $1 and ending is null and ${OPEN}`,
    [executionId, JSON.stringify(error)],
  );
}
