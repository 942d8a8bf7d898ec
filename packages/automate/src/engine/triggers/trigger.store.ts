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
  /** Null: it gets the events of its subscription alone. */
  readonly eventType: string | null;
  readonly subscriptionId: string | null;
  readonly filter: Json;
  readonly priority: number;
  readonly settings: WorkflowSettings;
  /** Stays when a version is published in which the trigger says the same: its type and its filter. */
  readonly meaning: string;
}

/** How often each tenant's triggers have changed. */
export async function triggerVersions(db: Queryable, tenantIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: string; version: number }>(
    'select id, coalesce(version, 0) as version from unnest($1::uuid[]) as tenant(id) left join trigger_versions on tenant_id = id',
    [tenantIds],
    'trigger_versions',
  );
  return new Map(rows.map((row) => [row.id, row.version]));
}

export async function liveTriggers(db: Queryable, tenantId: string): Promise<LiveTrigger[]> {
  const { rows } = await db.query<TriggerRow>(
    `select triggers.id, triggers.tenant_id, triggers.workflow_id, triggers.event_type,
       triggers.subscription_id, triggers.filter, triggers.priority,
       md5(concat_ws(' ', coalesce(triggers.event_type, triggers.subscription_id::text), triggers.filter::text)) as meaning,
       version.version as workflow_version, version.id as version_id, version.settings
     from triggers
     join workflows on workflows.id = triggers.workflow_id and is_live and archived_at is null
     join workflow_versions version on version.workflow_id = workflows.id and version.version = workflows.workflow_version
     where triggers.tenant_id = $1 and retired_at is null and is_active
       and (type = 'event' or subscription_id is not null)
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
    subscriptionId: row.subscription_id,
    filter: row.filter,
    priority: row.priority,
    settings: row.settings,
    meaning: row.meaning,
  }));
}

interface TriggerRow {
  id: string;
  tenant_id: string;
  workflow_id: string;
  workflow_version: number;
  version_id: string;
  event_type: string | null;
  subscription_id: string | null;
  filter: Json;
  priority: number;
  settings: WorkflowSettings;
  meaning: string;
}

/** What became of an event that was gathered. */
export interface Outcome {
  readonly eventId: string;
  readonly triggerId: string;
  readonly executionId?: string | null;
  readonly note?: VerdictNote | null;
  readonly error?: string;
}

/** Adds to the verdicts of events what became of them later. */
export async function noteOutcomes(transaction: Queryable, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await transaction.query(
    `update verdicts set execution_id = outcome.execution_id, note = outcome.note, error = outcome.error,
       is_match = outcome.error is null
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[]) as outcome(event_id, trigger_id, execution_id, note, error)
     where verdicts.event_id = outcome.event_id and verdicts.trigger_id = outcome.trigger_id and verdicts.event_id = any($1)`,
    [
      outcomes.map(({ eventId }) => eventId),
      outcomes.map(({ triggerId }) => triggerId),
      outcomes.map(({ executionId }) => executionId ?? null),
      outcomes.map(({ note }) => note ?? null),
      outcomes.map(({ error }) => error ?? null),
    ],
  );
}

export interface NewVerdict {
  readonly eventId: string;
  readonly triggerId: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly isMatch: boolean;
  readonly error: string | null;
  readonly executionId: string | null;
  readonly note: VerdictNote | null;
}

/**
 * Why a match has started nothing, or not yet. `duplicate`: its idempotency key was used before. `debounced`, `batched`: it waits with
 * others, or has given way to a later one. `rate_limited`: it came above a limit that drops. `not_live`: when its time came, the workflow
 * was paused or archived.
 */
export const verdictNotes = ['duplicate', 'debounced', 'batched', 'rate_limited', 'skipped', 'not_live'] as const;
export type VerdictNote = (typeof verdictNotes)[number];

export async function insertVerdicts(transaction: Queryable, verdicts: readonly NewVerdict[]): Promise<void> {
  if (verdicts.length === 0) return;
  await transaction.query(
    `insert into verdicts (event_id, trigger_id, tenant_id, workflow_id, is_match, error, execution_id, note)
     select "eventId", "triggerId", "tenantId", "workflowId", "isMatch", error, "executionId", note
     from jsonb_to_recordset($1::jsonb) as row("eventId" uuid, "triggerId" uuid, "tenantId" uuid, "workflowId" uuid,
       "isMatch" boolean, error text, "executionId" uuid, note text)`,
    [JSON.stringify(verdicts)],
    'verdicts_insert',
  );
}
