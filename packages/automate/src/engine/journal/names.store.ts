import type { Queryable } from '../../db/index.ts';
import type { ExecutionStatus } from '../records/status.ts';

/** A key that stands for one execution of a workflow. */
export interface ExecutionKey {
  readonly tenantId: string;
  readonly workflowId: string;
  /** `run`: of a run that happens once. `name`: what the client calls an execution. */
  readonly kind: 'run' | 'name';
  readonly key: string;
  /** The execution that takes it, if nobody has it. */
  readonly executionId: string;
}

export interface KeyHolder {
  readonly id: string;
  readonly workflow_version: number;
  readonly status: ExecutionStatus;
}

/**
 * Takes a key for an execution, and holds it until the transaction ends: who wants the same waits.
 * @returns the execution that has it already; undefined when it is free
 */
export async function takeKey(
  transaction: Queryable,
  { tenantId, workflowId, kind, key, executionId }: ExecutionKey,
): Promise<KeyHolder | undefined> {
  await transaction.query(
    `insert into execution_keys (tenant_id, workflow_id, kind, key, execution_id) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [tenantId, workflowId, kind, key, executionId],
  );
  await transaction.query(`select 1 from execution_keys where ${IS_KEY} for update`, [tenantId, workflowId, kind, key]);
  // After the lock, so that it is seen how the one that has it stands now.
  const { rows } = await transaction.query<KeyHolder>(
    `select executions.id, workflow_version, status from execution_keys join executions on executions.id = execution_id
     where execution_keys.tenant_id = $1 and execution_keys.workflow_id = $2 and kind = $3 and key = $4`,
    [tenantId, workflowId, kind, key],
  );
  if (rows.length === 0) await moveKey(transaction, { tenantId, workflowId, kind, key, executionId });
  return rows[0];
}

/** Hands a key that is held on to another execution. */
export async function moveKey(
  transaction: Queryable,
  { tenantId, workflowId, kind, key, executionId }: ExecutionKey,
): Promise<void> {
  await transaction.query(`update execution_keys set execution_id = $5 where ${IS_KEY}`, [
    tenantId,
    workflowId,
    kind,
    key,
    executionId,
  ]);
}

const IS_KEY = 'tenant_id = $1 and workflow_id = $2 and kind = $3 and key = $4';
