import type { Queryable } from '../../db/index.ts';
import type { JsonObject } from '../../kernel/index.ts';

/** Type of the event that starts an error workflow; one of ours, since nobody else can send it. */
export const FAILURE_EVENT = 'workflow.failed';

/** The error workflows that are there for these executions. */
export async function findErrorWorkflows(
  db: Queryable,
  executionIds: readonly string[],
): Promise<{ id: string; tenantId: string; traceId: string; isErrorWorkflow: boolean; slug: string }[]> {
  const { rows } = await db.query<{ id: string; tenantId: string; traceId: string; isErrorWorkflow: boolean; slug: string }>(
    `select executions.id, executions.tenant_id as "tenantId", executions.trace_id as "traceId", is_internal and event_type = '${FAILURE_EVENT}' as "isErrorWorkflow",
       settings ->> 'error_workflow' as slug
     from executions join workflow_versions on workflow_versions.id = version_id join events on events.id = event_id
     where executions.id = any($1) and settings ? 'error_workflow'`,
    [executionIds],
  );
  return rows;
}

/** Executions that stand between the event that started this one and the outside. */
export async function hopsOfExecution(transaction: Queryable, executionId: string): Promise<number> {
  const { rows } = await transaction.query<{ hops: number }>(
    'select hops from events where id = (select event_id from executions where id = $1)',
    [executionId],
  );
  return rows[0]?.hops ?? 0;
}

/** What an error workflow gets of an execution that failed. */
export async function findFailed(
  db: Queryable,
  executionId: string,
): Promise<{ readonly failed: JsonObject; readonly depth: number; readonly root_id: string } | undefined> {
  const { rows } = await db.query<{ failed: JsonObject; depth: number; root_id: string }>(
    `select depth, coalesce(root_execution_id, executions.id) as root_id, jsonb_build_object(
       'execution', jsonb_build_object('id', executions.id, 'status', executions.status, 'error', error,
         'trace_id', executions.trace_id, 'created_at', executions.created_at, 'finished_at', finished_at),
       'workflow', jsonb_build_object('id', workflows.id, 'slug', slug, 'name', name, 'version', executions.workflow_version),
       'event', jsonb_build_object('id', events.id, 'type', event_type, 'source', source, 'payload', payload)) as failed
     from executions join workflows on workflows.id = workflow_id join events on events.id = event_id
     where executions.id = $1`,
    [executionId],
  );
  return rows[0];
}
