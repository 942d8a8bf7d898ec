import type { Queryable } from '../../db/index.ts';
import type { Failure } from '../records/execution.ts';
import type { HookExecution } from './payloads.ts';

/** An execution that has failed, as it is stored. */
export interface ExecutionFailure {
  readonly about: HookExecution;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly error: Failure | null;
}

/** Executions that have failed, whether or not a worker had them then. */
export async function findFailures(db: Queryable, executionIds: readonly string[]): Promise<ExecutionFailure[]> {
  const { rows } = await db.query<FailedRow>(
    `select executions.id, executions.tenant_id, workflow_id, slug, executions.workflow_version, trace_id, event_id,
       coalesce(started_at, executions.created_at) as started_at, finished_at, error
     from executions join workflows on workflows.id = workflow_id
     where executions.id = any($1) and status = 'failed'`,
    [executionIds],
  );
  return rows.map((row) => ({
    about: {
      executionId: row.id,
      tenantId: row.tenant_id,
      workflow: { id: row.workflow_id, slug: row.slug, version: row.workflow_version },
      traceId: row.trace_id,
      eventId: row.event_id,
    },
    startedAt: new Date(row.started_at),
    finishedAt: new Date(row.finished_at),
    error: row.error,
  }));
}

interface FailedRow {
  id: string;
  tenant_id: string;
  workflow_id: string;
  slug: string;
  workflow_version: number;
  trace_id: string;
  event_id: string;
  started_at: string;
  finished_at: string;
  error: Failure | null;
}
