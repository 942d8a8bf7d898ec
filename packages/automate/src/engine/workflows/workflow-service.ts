import { isDeepStrictEqual } from 'node:util';
import { attempt, type Db, isUniqueViolation, type Queryable } from '../../db/index.ts';
import { AppError, commonErrors, invalidInput, isUnchanged, newId } from '../../kernel/index.ts';
import type { Actor } from '../actor.ts';
import { engineErrors } from '../errors.ts';
import { flowIssues } from '../flow/flow.ts';
import { applyLimit } from '../flow/live-limit.ts';
import { planGraph } from '../graph/plan.ts';
import { refuseSecrets } from '../graph/secret-names.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Graph, Trigger, WorkflowSettings } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { triggerIssues } from '../triggers/trigger-issues.ts';
import type { TriggerTypes } from '../triggers/trigger-type.ts';
import { withinCheck } from './check-budget.ts';
import { requireErrorWorkflow } from './error-workflow-check.ts';
import { requireChecks } from './graph-checks.ts';
import { requirePolicy } from './graph-policy.ts';
import { requireSecrets } from './graph-secrets.ts';
import type { RunRequest, SignalWithStart, StartedRun, WorkflowRuns } from './runs.ts';
import {
  countWorkflows,
  findBySlug,
  findVersion,
  findWorkflow,
  freeSlug,
  insertVersion,
  insertWorkflow,
  type NewVersion,
  portableWorkflows,
  replaceTriggers,
  touchTriggers,
  updateWorkflow,
  type VersionRow,
  versionsOf,
  type WorkflowRow,
} from './workflow.store.ts';

export interface WorkflowServiceOptions {
  readonly db: Db;
  readonly registry: StepRegistry;
  readonly policies: ExecutionPolicy;
  readonly runs: WorkflowRuns;
  /** Beside our own. */
  readonly triggerTypes: TriggerTypes;
  /** Called, after the commit, when executions were queued. */
  onQueued(): void;
  /** Called, after the commit, with the executions that were notified. */
  notify(executionIds: readonly string[]): void;
}

export interface WorkflowInput {
  readonly name: string;
  readonly slug?: string | undefined;
  readonly graph: Graph;
  readonly triggers?: readonly Trigger[] | undefined;
  readonly settings?: WorkflowSettings | undefined;
  readonly is_live?: boolean | undefined;
}

/** The workflow as the caller saw it; when it has changed since, `precondition_failed` is thrown. */
export type Seen = Readonly<Record<string, unknown>> | undefined;

/** A workflow without what belongs to this installation: it can be imported into another. */
export type PortableWorkflow = Required<Pick<WorkflowInput, 'name' | 'slug' | 'graph' | 'triggers' | 'settings' | 'is_live'>>;

export type ImportedWorkflow =
  | { readonly status: 'created' | 'updated' | 'unchanged'; readonly id: string }
  | { readonly status: 'failed'; readonly id: null; readonly error: AppError };

/** How often a free slug is looked for. */
const CREATE_TRIES = 20;

/** Ends a transaction whose work was done to see what comes of it. */
const TAKEN_BACK = Symbol('taken back');

export interface WorkflowDetail extends Omit<WorkflowRow, 'tenant_id'> {
  readonly graph: Graph;
  readonly triggers: Trigger[];
  readonly settings: WorkflowSettings;
}

/**
 * What can be done with workflows. Replace it by a subclass in `WorkflowViewSet.serviceClass`.
 * Graphs and triggers are immutable versions: a change makes a new one, and running executions keep theirs.
 */
export class WorkflowService {
  readonly options: WorkflowServiceOptions;

  constructor(options: WorkflowServiceOptions) {
    this.options = options;
  }

  /** @throws AppError `invalid_input` naming each node, edge or rule that is wrong; `slug_taken`; `forbidden` */
  async create(actor: Actor, input: WorkflowInput): Promise<{ id: string; slug: string; workflow_version: number }> {
    await this.check(input);
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.options.db.asTenant(actor.tenantId, (transaction) => this.createWithin(transaction, actor, input));
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        // A slug made from the name may be taken by another one of that name at the same moment; then there is a next one.
        if (input.slug === undefined && tries < CREATE_TRIES) continue;
        throw engineErrors.slug_taken(`Another workflow already has the slug "${input.slug ?? slugOf(input.name)}".`);
      }
    }
  }

  /** Stores a new version and publishes it. Triggers that are not given stay as they are. */
  async update(actor: Actor, id: string, input: Omit<WorkflowInput, 'slug'>, seen?: Seen): Promise<WorkflowDetail> {
    await this.check(input);
    const updated = await this.options.db.asTenant(actor.tenantId, (transaction) =>
      this.updateWithin(transaction, actor, id, input, seen),
    );
    this.options.onQueued();
    return updated;
  }

  /**
   * Creates workflows and, where the slug is known, stores new versions, all in one transaction; a workflow that already is
   * as given stays. What is wrong with one is told, and then nothing is stored.
   */
  async import(actor: Actor, inputs: readonly WorkflowInput[], { isDry }: { isDry: boolean }): Promise<ImportedWorkflow[]> {
    const outcomes: ImportedWorkflow[] = [];
    const wrong = new Map<WorkflowInput, AppError>();
    for (const input of inputs) await this.check(input).catch((error: unknown) => wrong.set(input, requireFault(error)));
    const storeAll = async (transaction: Queryable): Promise<void> => {
      for (const input of inputs) {
        try {
          const error = wrong.get(input);
          if (error) throw error;
          outcomes.push(await attempt(transaction, () => this.importOne(transaction, actor, input)));
        } catch (error) {
          outcomes.push({ status: 'failed', id: null, error: requireFault(error) });
        }
      }
      await this.checkImported(transaction, inputs, outcomes);
      if (isDry || outcomes.some(({ status }) => status === 'failed')) throw TAKEN_BACK;
    };
    await this.options.db.asTenant(actor.tenantId, storeAll).catch((error: unknown) => {
      if (error !== TAKEN_BACK) throw error;
    });
    return outcomes;
  }

  /** Workflows as they can be imported elsewhere, in the order of the ids. */
  async portable(actor: Actor, ids: readonly string[]): Promise<PortableWorkflow[]> {
    return this.options.db.asTenant(actor.tenantId, (transaction) => portableWorkflows(transaction, ids));
  }

  async get(actor: Actor, id: string): Promise<WorkflowDetail> {
    return this.options.db.asTenant(actor.tenantId, (transaction) => this.detail(transaction, id));
  }

  /** Newest first. */
  async versions(actor: Actor, id: string): Promise<VersionRow[]> {
    return this.options.db.asTenant(actor.tenantId, async (transaction) => {
      await this.find(transaction, id, 'read');
      return versionsOf(transaction, id);
    });
  }

  /** Makes an earlier or later version the one that new executions run, its triggers included. */
  async publish(actor: Actor, id: string, version: number, seen?: Seen): Promise<WorkflowDetail> {
    requirePublish(actor, true);
    await this.checkVersion(actor, id, version);
    const published = await this.options.db.asTenant(actor.tenantId, async (transaction) => {
      await this.findOpen(transaction, id, seen);
      const { triggers, graph, settings } = await this.findVersion(transaction, id, version);
      await requirePolicy(transaction, {
        policies: this.options.policies,
        registry: this.options.registry,
        tenantId: actor.tenantId,
        graph,
      });
      await updateWorkflow(transaction, id, { workflow_version: version });
      await replaceTriggers(transaction, { tenantId: actor.tenantId, workflowId: id, version, triggers });
      await applyLimit(transaction, { tenantId: actor.tenantId, workflowId: id, settings });
      return this.detail(transaction, id);
    });
    this.options.onQueued();
    return published;
  }

  /** Pauses (false) or resumes (true) the triggers; executions that run go on. */
  async setLive(actor: Actor, id: string, isLive: boolean, seen?: Seen): Promise<WorkflowDetail> {
    return this.options.db.asTenant(actor.tenantId, async (transaction) => {
      await this.findOpen(transaction, id, seen);
      requirePublish(actor, isLive);
      await updateWorkflow(transaction, id, { is_live: isLive });
      await touchTriggers(transaction, { tenantId: actor.tenantId, workflowId: id });
      return this.detail(transaction, id);
    });
  }

  /** Ends a workflow's life: it starts nothing more, but its versions and executions stay readable. */
  async archive(actor: Actor, id: string, seen?: Seen): Promise<void> {
    await this.options.db.asTenant(actor.tenantId, async (transaction) => {
      requireUnchanged(await this.find(transaction, id, 'lock'), seen);
      await updateWorkflow(transaction, id, { is_live: false, isArchived: true });
      await touchTriggers(transaction, { tenantId: actor.tenantId, workflowId: id });
    });
  }

  /**
   * Starts an execution by hand. Its event is of the type `workflow.run`, with the input as payload, and triggers nothing.
   * With an idempotency key that was used before, it is the execution of then.
   * @throws AppError `workflow_archived`, `execution_exists`, `execution_skipped`, `admission_failed`, and what the policy says
   */
  async run(actor: Actor, id: string, request: RunRequest): Promise<StartedRun> {
    const ran = await this.options.db.asTenant(actor.tenantId, async (transaction) =>
      this.options.runs.run(transaction, { ...request, actor, workflow: await this.find(transaction, id, 'read') }),
    );
    this.options.onQueued();
    return ran;
  }

  /**
   * Signals the open execution that has a key; where there is none, it is started first. Both or nothing.
   * @throws AppError what `run` throws; `signal_not_expected`, `invalid_input`
   */
  async signalWithStart(
    actor: Actor,
    id: string,
    request: SignalWithStart,
  ): Promise<StartedRun & { readonly signal_id: string }> {
    const done = await this.options.db.asTenant(actor.tenantId, async (transaction) =>
      this.options.runs.signalWithStart(transaction, { ...request, actor, workflow: await this.find(transaction, id, 'read') }),
    );
    this.options.onQueued();
    this.options.notify([done.execution_id]);
    return done;
  }

  /** Override to forbid or demand something of every graph; throw `invalidInput([...])` with pointers. */
  validate({ graph, triggers, settings }: Pick<WorkflowInput, 'graph' | 'triggers' | 'settings'>): void {
    withinCheck('/graph', () => planGraph(graph, this.options.registry));
    const wrong = flowIssues(settings ?? {}).map((issue) => ({ ...issue, pointer: `/settings${issue.pointer}` }));
    wrong.push(...refuseSecrets(settings, '/settings'), ...refuseSecrets(triggers, '/triggers'));
    wrong.push(...triggerIssues(triggers ?? [], this.options.triggerTypes));
    if (wrong.length > 0) throw invalidInput(wrong);
  }

  /** Everything that can be said of a workflow before it is stored. */
  private async check(input: Omit<WorkflowInput, 'slug'>): Promise<void> {
    this.validate(input);
    await requireChecks(input.graph, this.options.registry);
  }

  /** What the operator allowed when a version was stored may be off by now. */
  private async checkVersion(actor: Actor, id: string, version: number): Promise<void> {
    const { graph } = await this.options.db.asTenant(actor.tenantId, async (transaction) => {
      await this.find(transaction, id, 'read');
      return this.findVersion(transaction, id, version);
    });
    await requireChecks(graph, this.options.registry);
  }

  private async createWithin(transaction: Queryable, actor: Actor, input: WorkflowInput, isImport = false) {
    const isLive = input.is_live ?? true;
    requirePublish(actor, isLive);
    await this.options.policies.requireWorkflowRoom(transaction, actor.tenantId, countWorkflows);
    const id = newId();
    const slug = input.slug ?? (await freeSlug(transaction, slugOf(input.name)));
    if (!isImport) await requireErrorWorkflow(transaction, input, slug);
    await insertWorkflow(transaction, { id, tenantId: actor.tenantId, name: input.name, slug, isLive });
    await this.storeVersion(transaction, actor, {
      workflowId: id,
      version: 1,
      graph: input.graph,
      triggers: input.triggers ?? [],
      settings: input.settings ?? {},
    });
    return { id, slug, workflow_version: 1 };
  }

  private async updateWithin(
    transaction: Queryable,
    actor: Actor,
    id: string,
    input: Omit<WorkflowInput, 'slug'>,
    seen?: Seen,
    isImport = false,
  ): Promise<WorkflowDetail> {
    const workflow = await this.findOpen(transaction, id, seen);
    if (!isImport) await requireErrorWorkflow(transaction, input, workflow.slug);
    // Paused as it is and stays, it is a draft: nothing starts the new version but a person who may.
    requirePublish(actor, workflow.is_live || input.is_live === true);
    const version = workflow.latest_version + 1;
    const published = await this.findVersion(transaction, id, workflow.workflow_version);
    const { triggers = published.triggers, settings = published.settings } = input;
    await updateWorkflow(transaction, id, {
      name: input.name,
      workflow_version: version,
      latest_version: version,
      ...(input.is_live === undefined ? {} : { is_live: input.is_live }),
    });
    await this.storeVersion(transaction, actor, { workflowId: id, version, graph: input.graph, triggers, settings });
    await applyLimit(transaction, { tenantId: actor.tenantId, workflowId: id, settings });
    return this.detail(transaction, id);
  }

  private async importOne(transaction: Queryable, actor: Actor, input: WorkflowInput): Promise<ImportedWorkflow> {
    const known = input.slug === undefined ? undefined : await findBySlug(transaction, input.slug);
    if (!known) return { status: 'created', id: (await this.createWithin(transaction, actor, input, true)).id };
    const [before] = await portableWorkflows(transaction, [known.id]);
    const wanted = { ...before, ...input };
    if (isDeepStrictEqual(wanted, before)) return { status: 'unchanged', id: known.id };
    await this.updateWithin(transaction, actor, known.id, input, undefined, true);
    return { status: 'updated', id: known.id };
  }

  /** Workflows of one import may name each other, in any order. */
  private async checkImported(
    transaction: Queryable,
    inputs: readonly WorkflowInput[],
    outcomes: ImportedWorkflow[],
  ): Promise<void> {
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status !== 'created' && outcome.status !== 'updated') continue;
      const { slug } = await this.find(transaction, outcome.id, 'read');
      await requireErrorWorkflow(transaction, inputs[index] as WorkflowInput, slug).catch((error: unknown) => {
        outcomes[index] = { status: 'failed', id: null, error: requireFault(error) };
      });
    }
  }

  private async storeVersion(
    transaction: Queryable,
    actor: Actor,
    version: Omit<NewVersion, 'tenantId' | 'createdBy'>,
  ): Promise<void> {
    await requirePolicy(transaction, {
      policies: this.options.policies,
      registry: this.options.registry,
      tenantId: actor.tenantId,
      graph: version.graph,
    });
    await requireSecrets(transaction, { tenantId: actor.tenantId, graph: version.graph, registry: this.options.registry });
    await insertVersion(transaction, { ...version, tenantId: actor.tenantId, createdBy: actor.id });
    await replaceTriggers(transaction, { ...version, tenantId: actor.tenantId });
  }

  private async detail(transaction: Queryable, id: string): Promise<WorkflowDetail> {
    const { tenant_id: _, ...workflow } = await this.find(transaction, id, 'read');
    const { graph, triggers, settings } = await this.findVersion(transaction, id, workflow.workflow_version);
    return { ...workflow, graph, triggers, settings };
  }

  private async find(transaction: Queryable, id: string, lock: 'lock' | 'read'): Promise<WorkflowRow> {
    const workflow = await findWorkflow(transaction, id, lock);
    if (!workflow) throw engineErrors.workflow_not_found('There is no workflow with this id.');
    return workflow;
  }

  /** Locked, and still open to changes. */
  private async findOpen(transaction: Queryable, id: string, seen?: Seen): Promise<WorkflowRow> {
    const workflow = await this.find(transaction, id, 'lock');
    requireUnchanged(workflow, seen);
    if (workflow.archived_at) throw engineErrors.workflow_archived('An archived workflow cannot be changed.');
    return workflow;
  }

  private async findVersion(transaction: Queryable, workflowId: string, version: number): Promise<VersionRow> {
    const found = await findVersion(transaction, workflowId, version);
    if (!found) throw engineErrors.workflow_version_not_found(`The workflow has no version ${version}.`);
    return found;
  }
}

/** What is wrong with what was given; anything else is thrown on. */
function requireFault(error: unknown): AppError {
  if (!AppError.is(error) || error.status >= 500) throw error;
  return error;
}

/** Whoever only writes keeps drafts: what triggers start is decided by those who may publish. */
function requirePublish({ mayPublish }: Actor, isPublishing: boolean): void {
  if (isPublishing && !mayPublish)
    throw commonErrors.forbidden(
      'The scope workflows:publish is needed for this: leave the workflow paused, with "is_live": false.',
    );
}

function requireUnchanged(workflow: WorkflowRow, seen: Seen): void {
  if (seen && !isUnchanged(seen, { ...workflow })) {
    throw commonErrors.precondition_failed('The workflow has been changed meanwhile: get it again.');
  }
}

function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return slug || 'workflow';
}
