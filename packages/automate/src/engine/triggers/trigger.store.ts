import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import type { WorkflowSettings } from '../schemas.ts';

/** A live trigger of a live workflow, with the version it starts. */
export interface LiveTrigger {
  readonly id: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly workflowVersion: number;
  readonly versionId: string;
  readonly eventType: string;
  readonly filter: Json;
  readonly priority: number;
  readonly settings: WorkflowSettings;
}

/** How often each tenant's triggers have changed. */
export async function triggerVersions(db: Queryable, tenantIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: string; triggers_version: number }>(
    'select id, triggers_version from tenants where id = any($1)',
    [tenantIds],
    'trigger_versions',
  );
  return new Map(rows.map((row) => [row.id, row.triggers_version]));
}

export async function liveTriggers(db: Queryable, tenantId: string): Promise<LiveTrigger[]> {
  const { rows } = await db.query<TriggerRow>(
    `select triggers.id, triggers.tenant_id, triggers.workflow_id, triggers.event_type, triggers.filter, triggers.priority,
       version.version as workflow_version, version.id as version_id, version.settings
     from triggers
     join workflows on workflows.id = triggers.workflow_id and is_live and archived_at is null
     join workflow_versions version on version.workflow_id = workflows.id and version.version = workflows.workflow_version
     where triggers.tenant_id = $1 and retired_at is null and is_active and type = 'event'
     order by triggers.priority desc, triggers.id`,
    [tenantId],
  );
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    workflowId: row.workflow_id,
    workflowVersion: row.workflow_version,
    versionId: row.version_id,
    eventType: row.event_type,
    filter: row.filter,
    priority: row.priority,
    settings: row.settings,
  }));
}

interface TriggerRow {
  id: string;
  tenant_id: string;
  workflow_id: string;
  workflow_version: number;
  version_id: string;
  event_type: string;
  filter: Json;
  priority: number;
  settings: WorkflowSettings;
}

/** Notes which execution the events of a gathering have started, or why they started none. */
export async function noteStarted(
  transaction: Queryable,
  started: readonly {
    readonly triggerId: string;
    readonly eventIds: readonly string[];
    readonly executionId: string | null;
    readonly error: string | null;
  }[],
): Promise<void> {
  for (const { triggerId, eventIds, executionId, error } of started) {
    await transaction.query('update verdicts set execution_id = $3, error = $4 where trigger_id = $1 and event_id = any($2)', [
      triggerId,
      eventIds,
      executionId,
      error,
    ]);
  }
}

export interface NewVerdict {
  readonly eventId: string;
  readonly triggerId: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly isMatch: boolean;
  readonly error: string | null;
  readonly executionId: string | null;
}

export async function insertVerdicts(transaction: Queryable, verdicts: readonly NewVerdict[]): Promise<void> {
  if (verdicts.length === 0) return;
  await transaction.query(
    `insert into verdicts (event_id, trigger_id, tenant_id, workflow_id, is_match, error, execution_id)
     select "eventId", "triggerId", "tenantId", "workflowId", "isMatch", error, "executionId"
     from jsonb_to_recordset($1::jsonb) as row("eventId" uuid, "triggerId" uuid, "tenantId" uuid, "workflowId" uuid,
       "isMatch" boolean, error text, "executionId" uuid)`,
    [JSON.stringify(verdicts)],
    'verdicts_insert',
  );
}
