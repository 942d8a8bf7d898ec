import type { Queryable } from '../../db/index.ts';
import type { DataSchema } from '../data-schema/data-schema.ts';
import type { StepStatus } from '../records/status.ts';

/** Where a decision is asked for: the primary key of its step. */
export interface StoredPlace {
  readonly executionId: string;
  readonly nodePath: string;
  readonly iteration: number;
}

/** A decision that is or was asked for. */
export interface StoredApproval {
  readonly id: string;
  readonly status: StepStatus;
  readonly input: { readonly title: string; readonly description: string | null; readonly schema: DataSchema | null };
  readonly resume_at: string | null;
  readonly is_over: boolean;
  /** What was decided, whether or not the step has taken it up. */
  readonly decided: 'approved' | 'rejected' | null;
}

export async function tenantOfExecution(db: Queryable, executionId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ tenant_id: string }>('select tenant_id from executions where id = $1', [executionId]);
  return rows[0]?.tenant_id;
}

/** Whether an execution goes on, and to no end yet. */
export async function isOpen(db: Queryable, executionId: string): Promise<boolean> {
  const { rows } = await db.query<{ is_open: boolean }>(
    'select finished_at is null and ending is null as is_open from executions where id = $1',
    [executionId],
  );
  return rows[0]?.is_open ?? false;
}

/** The place of an approval by its id. */
export async function findPlace(transaction: Queryable, tenantId: string, id: string): Promise<StoredPlace | undefined> {
  const { rows } = await transaction.query<{ execution_id: string; node_path: string; iteration: number }>(
    `select execution_id, node_path, iteration from step_runs
     where node_type = 'core.approval' and approval_id(execution_id, node_path, iteration) = $2 and tenant_id = $1
       and exists (select from executions where executions.id = execution_id)`,
    [tenantId, id],
  );
  const [row] = rows;
  return row && { executionId: row.execution_id, nodePath: row.node_path, iteration: row.iteration };
}

/** By the clock, not by the start of the transaction, which may have waited for a lock. */
export async function findApproval(
  transaction: Queryable,
  { executionId, nodePath, iteration }: StoredPlace,
): Promise<StoredApproval | undefined> {
  const { rows } = await transaction.query<StoredApproval>(
    `select approval_id(s.execution_id, s.node_path, s.iteration) as id, s.status, s.input, s.resume_at,
       coalesce(s.resume_at <= clock_timestamp(), false) as is_over,
       case when s.status = 'waiting' then (
         select g.data ->> 'decision' from signals g
         where g.execution_id = s.execution_id and g.taken_by is null and g.name = s.waits_for order by g.id limit 1
       ) when s.output ->> 'decision' in ('approved', 'rejected') then s.output ->> 'decision' end as decided
     from step_runs s
     where s.execution_id = $1 and s.node_path = $2 and s.iteration = $3 and s.node_type = 'core.approval'`,
    [executionId, nodePath, iteration],
  );
  return rows[0];
}

/** Approvals of a tenant that wait, counted up to `enough`. */
export async function countApprovals(transaction: Queryable, tenantId: string, enough: number): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    'select count(*)::int as count from (select from approvals where tenant_id = $1 limit $2) as waiting',
    [tenantId, enough],
  );
  return Number(rows[0]?.count);
}
