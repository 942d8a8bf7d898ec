import type { Db, Queryable } from '../../db/index.ts';
import { enqueue } from '../../jobs/index.ts';
import { type Json, newId } from '../../kernel/index.ts';
import type { Graph, Trigger, WorkflowSettings } from '../schemas.ts';
import { hasSubscriptions, keepSubscriptions } from '../triggers/subscription.store.ts';
import { subscriptionJob } from '../triggers/subscription-jobs.ts';

export interface WorkflowRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly slug: string;
  readonly workflow_version: number;
  readonly latest_version: number;
  readonly is_live: boolean;
  readonly archived_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface VersionRow {
  readonly id: string;
  readonly version: number;
  readonly graph: Graph;
  readonly triggers: Trigger[];
  readonly settings: WorkflowSettings;
  readonly created_by: string;
  readonly created_at: string;
}

/** A version to store: what is drawn, what starts it, and who made it. */
export interface NewVersion {
  readonly tenantId: string;
  readonly workflowId: string;
  readonly version: number;
  readonly graph: Graph;
  readonly triggers: readonly Trigger[];
  readonly settings: WorkflowSettings;
  readonly createdBy: string;
}

export async function findWorkflow(transaction: Queryable, id: string, lock: 'lock' | 'read'): Promise<WorkflowRow | undefined> {
  const { rows } = await transaction.query<WorkflowRow>(
    `select * from workflows where id = $1 ${lock === 'lock' ? 'for update' : ''}`,
    [id],
  );
  return rows[0];
}

export async function findVersion(transaction: Queryable, workflowId: string, version: number): Promise<VersionRow | undefined> {
  const { rows } = await transaction.query<VersionRow>(
    'select * from workflow_versions where workflow_id = $1 and version = $2',
    [workflowId, version],
  );
  return rows[0];
}

/** Newest first. */
export async function versionsOf(transaction: Queryable, workflowId: string): Promise<VersionRow[]> {
  const { rows } = await transaction.query<VersionRow>(
    'select * from workflow_versions where workflow_id = $1 order by version desc',
    [workflowId],
  );
  return rows;
}

/** One that is not archived: the slugs of the others are free. */
export async function findBySlug(transaction: Queryable, slug: string): Promise<WorkflowRow | undefined> {
  const { rows } = await transaction.query<WorkflowRow>('select * from workflows where slug = $1 and archived_at is null', [
    slug,
  ]);
  return rows[0];
}

/** What is run when a workflow is named by its slug: a version of one that is not archived. */
export async function findRunnable(
  db: Queryable,
  { tenantId, slug, version }: { tenantId: string; slug: string; version?: number | undefined },
): Promise<(PublishedVersion & { workflow_id: string }) | undefined> {
  const { rows } = await db.query<PublishedVersion & { workflow_id: string }>(
    `select workflow_versions.id, workflow_id, version, settings from workflows
     join workflow_versions on workflow_id = workflows.id and version = coalesce($3, workflow_version)
     where workflows.tenant_id = $1 and slug = $2 and archived_at is null`,
    [tenantId, slug, version ?? null],
  );
  return rows[0];
}

export interface PublishedVersion {
  readonly id: string;
  readonly version: number;
  readonly settings: WorkflowSettings;
}

/** The published version of each of these workflows; those that are paused or archived are left out. */
export async function findPublished(
  transaction: Queryable,
  workflowIds: readonly string[],
): Promise<Map<string, PublishedVersion>> {
  const { rows } = await transaction.query<PublishedVersion & { workflow_id: string }>(
    `select workflow_id, workflow_versions.id, version, settings from workflows
     join workflow_versions on workflow_id = workflows.id and version = workflow_version
     where workflows.id = any($1) and is_live and archived_at is null`,
    [workflowIds],
  );
  return new Map(rows.map(({ workflow_id, ...version }) => [workflow_id, version]));
}

export type PortableRow = Pick<WorkflowRow, 'name' | 'slug' | 'is_live'> & Pick<VersionRow, 'graph' | 'triggers' | 'settings'>;

/** Name, slug, whether it is live, and the published version of each, in the order of the ids. */
export async function portableWorkflows(transaction: Queryable, ids: readonly string[]): Promise<PortableRow[]> {
  const { rows } = await transaction.query<PortableRow>(
    `select name, slug, graph, triggers, settings, is_live from workflows
     join workflow_versions on workflow_id = workflows.id and version = workflow_version
     where workflows.id = any($1) order by array_position($1::uuid[], workflows.id)`,
    [ids],
  );
  return rows;
}

/** Whether a tenant has, or ever had, a workflow. */
export async function hasWorkflows(db: Queryable, tenantId: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>('select exists (select from workflows where tenant_id = $1) as found', [
    tenantId,
  ]);
  return rows[0]?.found ?? false;
}

/** Those that are not archived. */
export async function countWorkflows(transaction: Queryable, tenantId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    'select count(*) as count from workflows where tenant_id = $1 and archived_at is null',
    [tenantId],
  );
  return Number(rows[0]?.count);
}

/** A slug that is free: the wanted one, else with the lowest free number behind it. */
export async function freeSlug(transaction: Queryable, wanted: string): Promise<string> {
  const { rows } = await transaction.query<{ slug: string }>(
    `select slug from workflows where archived_at is null and (slug = $1 or slug like $2)`,
    [wanted, `${wanted.replace(/[\\%_]/g, '\\$&')}-%`],
  );
  const taken = new Set(rows.map((row) => row.slug));
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

export async function insertWorkflow(
  transaction: Queryable,
  row: { id: string; tenantId: string; name: string; slug: string; isLive: boolean },
): Promise<void> {
  await transaction.query(
    `insert into workflows (id, tenant_id, name, slug, workflow_version, latest_version, is_live) values ($1, $2, $3, $4, 1, 1, $5)`,
    [row.id, row.tenantId, row.name, row.slug, row.isLive],
  );
}

export async function insertVersion(transaction: Queryable, version: NewVersion): Promise<string> {
  const id = newId();
  await transaction.query(
    `insert into workflow_versions (id, tenant_id, workflow_id, version, graph, triggers, settings, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      id,
      version.tenantId,
      version.workflowId,
      version.version,
      JSON.stringify(version.graph),
      JSON.stringify(version.triggers),
      JSON.stringify(version.settings),
      version.createdBy,
    ],
  );
  return id;
}

export type WorkflowChange = Partial<Pick<WorkflowRow, 'name' | 'workflow_version' | 'latest_version' | 'is_live'>> & {
  isArchived?: boolean;
};

export async function updateWorkflow(transaction: Queryable, id: string, change: WorkflowChange): Promise<void> {
  await transaction.query(
    `update workflows set name = coalesce($2, name), workflow_version = coalesce($3, workflow_version),
       latest_version = coalesce($4, latest_version), is_live = coalesce($5, is_live),
       archived_at = case when $6 then coalesce(archived_at, now()) else archived_at end, updated_at = now() where id = $1`,
    [
      id,
      change.name ?? null,
      change.workflow_version ?? null,
      change.latest_version ?? null,
      change.is_live ?? null,
      change.isArchived ?? false,
    ],
  );
}

/** Makes these the workflow's triggers; the old ones are kept, retired, for what was decided by them. */
export async function replaceTriggers(
  transaction: Queryable,
  {
    tenantId,
    workflowId,
    version,
    triggers,
  }: { tenantId: string; workflowId: string; version: number; triggers: readonly Trigger[] },
): Promise<void> {
  await transaction.query('update triggers set retired_at = now() where workflow_id = $1 and retired_at is null', [workflowId]);
  const subscriptions = await keepSubscriptions(
    transaction,
    { tenantId, workflowId },
    triggers.map(({ type, config }) => (isSubscribed(type) ? { type, config } : null)),
  );
  const rows = triggers.map((trigger, index) => ({
    ...trigger,
    id: newId(),
    event_type: trigger.event_type ?? null,
    filter: trigger.filter ?? null,
    subscription_id: subscriptions[index],
  }));
  await transaction.query(
    `insert into triggers (id, tenant_id, workflow_id, workflow_version, type, event_type, filter, config, priority, is_active,
       subscription_id)
     select id, $2, $3, $4, type, event_type, nullif(filter, 'null'::jsonb), config, priority, is_active, subscription_id
     from jsonb_to_recordset($1::jsonb) as row(id uuid, type text, event_type text, filter jsonb, config jsonb, priority smallint, is_active boolean,
       subscription_id uuid)`,
    [JSON.stringify(rows), tenantId, workflowId, version],
  );
  await touchTriggers(transaction, { tenantId, workflowId });
}

/** Triggers of features' own types, which have a dot in their names, get their events by a subscription. */
const isSubscribed = (type: string): boolean => type.includes('.');

/** Tells every dispatcher, through the tenant's counter, that what it has compiled is stale. */
export async function touchTriggers(
  transaction: Queryable,
  { tenantId, workflowId }: { tenantId: string; workflowId: string },
): Promise<void> {
  await transaction.query(
    `insert into trigger_versions (tenant_id, version) values ($1, 1)
     on conflict (tenant_id) do update set version = trigger_versions.version + 1`,
    [tenantId],
  );
  if (await hasSubscriptions(transaction, workflowId)) await enqueue(transaction, [subscriptionJob({ tenantId, workflowId })]);
}

/** A version as it is compiled. */
export interface LoadedVersion {
  readonly workflow_id: string;
  readonly slug: string;
  readonly version: number;
  readonly graph: Json;
  readonly settings: Json;
}

export async function loadVersion(db: Db, versionId: string): Promise<LoadedVersion | undefined> {
  const { rows } = await db.query<LoadedVersion>(
    `select workflow_id, slug, version, graph, settings from workflow_versions
     join workflows on workflows.id = workflow_id where workflow_versions.id = $1`,
    [versionId],
  );
  return rows[0];
}
