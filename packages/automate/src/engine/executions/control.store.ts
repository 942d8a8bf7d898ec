import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import type { Ending, ExecutionStatus } from './execution.ts';

/** The status of an execution, its job locked until the transaction ends: no worker can end or park it meanwhile. */
export async function lockOpen(transaction: Queryable, executionId: string): Promise<ExecutionStatus | undefined> {
  await transaction.query('select 1 from jobs where id = $1 for no key update', [executionId]);
  const { rows } = await transaction.query<{ status: ExecutionStatus }>('select status from executions where id = $1', [
    executionId,
  ]);
  return rows[0]?.status;
}

export async function requestEnding(transaction: Queryable, executionId: string, ending: Ending): Promise<void> {
  await transaction.query('update executions set ending = $2 where id = $1 and ending is null', [executionId, ending]);
}

/** The graph that an execution runs. */
export async function findGraph(transaction: Queryable, executionId: string): Promise<Json> {
  const { rows } = await transaction.query<{ graph: Json }>(
    'select graph from workflow_versions where id = (select version_id from executions where id = $1)',
    [executionId],
  );
  return rows[0]?.graph ?? null;
}

/** Whose executions these are. */
export async function tenantsOf(db: Queryable, executionIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select distinct tenant_id as id from executions where id = any($1)', [
    executionIds,
  ]);
  return rows.map(({ id }) => id);
}

/** Lets an execution end as cancelled, as far as it has not ended; who calls has it told. */
export async function requestCancel(transaction: Queryable, executionId: string): Promise<void> {
  await transaction.query(
    `update executions set ending = 'cancelled'
     where id = $1 and ending is null and status not in ('succeeded', 'failed', 'cancelled')`,
    [executionId],
  );
}
