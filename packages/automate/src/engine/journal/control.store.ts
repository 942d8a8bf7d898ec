import { type Queryable, sqlIn } from '../../db/index.ts';
import { lockJobs, notifyJobs, unblock } from '../../jobs/index.ts';
import type { Json } from '../../kernel/index.ts';
import { type ExecutionStatus, openExecutions } from '../records/status.ts';

/** The status of an execution, its job locked until the transaction ends: no worker can end or park it meanwhile. */
export async function lockOpen(transaction: Queryable, executionId: string): Promise<ExecutionStatus | undefined> {
  await lockJobs(transaction, [executionId]);
  const { rows } = await transaction.query<{ status: ExecutionStatus }>('select status from executions where id = $1', [
    executionId,
  ]);
  return rows[0]?.status;
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

/** Lets executions end as cancelled, unless they end otherwise; who calls has them notified. Returns the ids of those that do. */
export async function requestCancel(transaction: Queryable, executionIds: readonly string[]): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(
    `update executions set ending = 'cancelled'
     where id = any($1) and coalesce(ending, 'cancelled') = 'cancelled' and status ${sqlIn(openExecutions)} returning id`,
    [executionIds],
  );
  return rows.map(({ id }) => id);
}

/** The same for executions whose jobs the transaction has locked: they are notified too. Returns the ids of those that were. */
export async function cancelLocked(transaction: Queryable, executionIds: readonly string[]): Promise<string[]> {
  const ids = await requestCancel(transaction, executionIds);
  if (ids.length === 0) return [];
  await unblock(transaction, ids);
  return notifyJobs(transaction, ids);
}
