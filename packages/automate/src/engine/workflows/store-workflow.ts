import type { Queryable } from '../../db/index.ts';
import { commonErrors, newId } from '../../kernel/index.ts';
import type { Actor } from '../actor.ts';
import { applyLimit } from '../flow/live-limit.ts';
import { requireErrorWorkflow } from './error-workflow-check.ts';
import { lockOpen, requireVersion } from './found-workflow.ts';
import { requirePolicy } from './graph-policy.ts';
import { requireSecrets } from './graph-secrets.ts';
import {
  countWorkflows,
  freeSlug,
  insertVersion,
  insertWorkflow,
  type NewVersion,
  replaceTriggers,
  updateWorkflow,
  type VersionRow,
} from './workflow.store.ts';
import type { DraftInput, Seen, WorkflowInput, WorkflowServiceOptions } from './workflow-types.ts';

/** Workflows of one import may name each other, and are looked at once all are there. */
interface StoredUpdate {
  readonly id: string;
  readonly input: Omit<WorkflowInput, 'slug'>;
  readonly seen?: Seen;
  readonly isImport?: boolean;
}

type StoreOptions = Pick<WorkflowServiceOptions, 'policies' | 'registry'>;

/** Stores a workflow that was checked before, with its first version. */
export async function storeWorkflow(
  options: StoreOptions,
  transaction: Queryable,
  actor: Actor,
  { input, isImport = false }: { readonly input: WorkflowInput; readonly isImport?: boolean },
): Promise<{ id: string; slug: string; workflow_version: number }> {
  const isLive = input.is_live ?? true;
  requirePublish(actor, isLive);
  await options.policies.requireWorkflowRoom(transaction, actor.tenantId, countWorkflows);
  const id = newId();
  const slug = input.slug ?? (await freeSlug(transaction, slugOf(input.name)));
  if (!isImport) await requireErrorWorkflow(transaction, input, slug);
  await insertWorkflow(transaction, { id, tenantId: actor.tenantId, name: input.name, slug, isLive });
  await storeVersion(options, transaction, actor, {
    workflowId: id,
    version: 1,
    graph: input.graph,
    triggers: input.triggers ?? [],
    settings: input.settings ?? {},
  });
  return { id, slug, workflow_version: 1 };
}

/** Stores another version, and publishes it. Triggers and settings that are not given stay as they are. */
export async function storeUpdate(
  options: StoreOptions,
  transaction: Queryable,
  actor: Actor,
  { id, input, seen, isImport = false }: StoredUpdate,
): Promise<void> {
  const workflow = await lockOpen(transaction, id, seen);
  if (!isImport) await requireErrorWorkflow(transaction, input, workflow.slug);
  // Paused as it is and stays, it is a draft: nothing starts the new version but a person who may.
  requirePublish(actor, workflow.is_live || input.is_live === true);
  const version = workflow.latest_version + 1;
  const published = await requireVersion(transaction, id, workflow.workflow_version);
  const { triggers = published.triggers, settings = published.settings } = input;
  await updateWorkflow(transaction, id, {
    name: input.name,
    workflow_version: version,
    latest_version: version,
    ...(input.is_live === undefined ? {} : { is_live: input.is_live }),
  });
  await storeVersion(options, transaction, actor, { workflowId: id, version, graph: input.graph, triggers, settings });
  await applyLimit(transaction, { tenantId: actor.tenantId, workflowId: id, settings });
}

/** Stores another version, and leaves the published one as it is: nothing starts it but a person who may. */
export async function storeDraft(
  options: StoreOptions,
  transaction: Queryable,
  actor: Actor,
  { id, input, seen }: { readonly id: string; readonly input: DraftInput; readonly seen?: Seen },
): Promise<VersionRow> {
  const workflow = await lockOpen(transaction, id, seen);
  await requireErrorWorkflow(transaction, input, workflow.slug);
  const version = workflow.latest_version + 1;
  const latest = await requireVersion(transaction, id, workflow.latest_version);
  const { graph, triggers = latest.triggers, settings = latest.settings } = input;
  await updateWorkflow(transaction, id, { latest_version: version });
  await keepVersion(options, transaction, actor, { workflowId: id, version, graph, triggers, settings });
  return requireVersion(transaction, id, version);
}

async function storeVersion(
  options: StoreOptions,
  transaction: Queryable,
  actor: Actor,
  version: Omit<NewVersion, 'tenantId' | 'createdBy'>,
): Promise<void> {
  await keepVersion(options, transaction, actor, version);
  await replaceTriggers(transaction, { ...version, tenantId: actor.tenantId });
}

async function keepVersion(
  { policies, registry }: StoreOptions,
  transaction: Queryable,
  { tenantId, id: createdBy }: Actor,
  version: Omit<NewVersion, 'tenantId' | 'createdBy'>,
): Promise<void> {
  const { graph } = version;
  await requirePolicy(transaction, { policies, registry, tenantId, graph });
  await requireSecrets(transaction, { tenantId, graph, registry });
  await insertVersion(transaction, { ...version, tenantId, createdBy });
}

/** Whoever only writes keeps drafts: what triggers start is decided by those who may publish. @throws AppError `forbidden` */
export function requirePublish({ mayPublish }: Actor, isPublishing: boolean): void {
  if (isPublishing && !mayPublish)
    throw commonErrors.forbidden(
      'The scope workflows:publish is needed for this: leave the workflow paused, with "is_live": false.',
    );
}

export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return slug || 'workflow';
}
