import type { Queryable } from '../../db/index.ts';

export interface KeyedExecution {
  readonly tenantId: string;
  readonly workflowId: string;
  readonly key: string;
  readonly executionId: string;
}

/** Takes keys for executions; returns by execution the one that has its key, which is another when the key was taken before. */
export async function claimKeys(transaction: Queryable, wanted: readonly KeyedExecution[]): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map();
  const columns = [
    wanted.map(({ tenantId }) => tenantId),
    wanted.map(({ workflowId }) => workflowId),
    wanted.map(({ key }) => key),
    wanted.map(({ executionId }) => executionId),
  ];
  const input =
    'unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) with ordinality as wanted(tenant_id, workflow_id, key, execution_id, place)';
  await transaction.query(
    `insert into automate.execution_keys (tenant_id, workflow_id, key, execution_id)
     select distinct on (tenant_id, workflow_id, key) tenant_id, workflow_id, key, execution_id from ${input}
     order by tenant_id, workflow_id, key, place on conflict do nothing`,
    columns,
  );
  const { rows } = await transaction.query<{ wanted: string; holder: string }>(
    `select wanted.execution_id as wanted, keys.execution_id as holder
     from ${input} join automate.execution_keys keys using (tenant_id, workflow_id, key) where keys.kind = 'event'`,
    columns,
  );
  return new Map(rows.map(({ wanted, holder }) => [wanted, holder]));
}

/** Gives back the keys of executions that are not started after all. */
export async function releaseKeys(
  transaction: Queryable,
  unstarted: readonly { readonly execution: { readonly id: string } }[],
): Promise<void> {
  if (unstarted.length === 0) return;
  await transaction.query('delete from automate.execution_keys where execution_id = any($1)', [
    unstarted.map(({ execution }) => execution.id),
  ]);
}
