import { type Queryable, sqlIn } from '../../db/index.ts';
import type { Failure } from '../records/execution.ts';
import { openExecutions } from '../records/status.ts';

/** The execution that waits for one; others have a parent that does not. */
const AWAITED_BY = 'case when parent_step is not null then parent_execution_id end';
const OPEN = `status ${sqlIn(openExecutions)}`;

/** Which of these executions wait for a place. */
export async function blockedAmong(transaction: Queryable, executionIds: readonly string[]): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(
    `select id from automate.jobs where id = any($1) and state = 'blocked'`,
    [executionIds],
  );
  return rows.map(({ id }) => id);
}

/** The jobs of a workflow's executions that have a slot, or wait for one. */
export async function slotMembers(
  transaction: Queryable,
  { tenantId, workflowId }: { tenantId: string; workflowId: string },
): Promise<{ slot: string; jobId: string }[]> {
  const { rows } = await transaction.query<{ slot: string; jobId: string }>(
    `select slot, job_id as "jobId" from automate.job_slots join automate.executions on executions.id = job_id
     where job_slots.tenant_id = $1 and workflow_id = $2`,
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
  const { rows } = await db.query<AwaitedExecution>(
    `select executions.id, parent_execution_id as parent, case when state = 'blocked' then slot end as "waitsFor"
     from automate.executions join automate.jobs on jobs.id = executions.id
     where parent_execution_id = any($1) and parent_step is not null and ${OPEN}`,
    [executionIds],
  );
  return rows;
}

/** Who has places, by slot. */
export async function holdersOf(db: Queryable, slots: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query<{ slot: string; id: string }>(
    'select slot, job_id as id from automate.job_slots where slot = any($1) and not is_blocked',
    [slots],
  );
  const holders = Map.groupBy(rows, ({ slot }) => slot);
  return new Map(slots.map((slot) => [slot, (holders.get(slot) ?? []).map(({ id }) => id)]));
}

/** An execution that waits, with the slot it waits for; undefined when it does not. */
export async function findBlocked(
  db: Queryable,
  executionId: string,
): Promise<{ slot: string; parentId: string | null } | undefined> {
  const { rows } = await db.query<{ slot: string; parentId: string | null }>(
    `select slot, ${AWAITED_BY} as "parentId" from automate.jobs join automate.executions using (id)
     where id = $1 and state = 'blocked'`,
    [executionId],
  );
  return rows[0];
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
