import { isUniqueViolation, type Queryable } from '../../db/index.ts';
import { invalidInput } from '../../kernel/index.ts';
import type { Actor } from '../actor.ts';
import { casesOf } from '../cases/case.store.ts';
import type { Judged } from '../cases/judge.ts';
import { type FailedCase, failedCases, type Override, recordIgnored, requirePassed } from '../cases/require-cases.ts';
import { engineErrors } from '../errors.ts';
import { flowIssues } from '../flow/flow.ts';
import { applyLimit } from '../flow/live-limit.ts';
import { planGraph } from '../graph/plan.ts';
import { refuseSecrets } from '../graph/secret-names.ts';
import { triggerIssues } from '../triggers/trigger-issues.ts';
import { withinCheck } from './check-budget.ts';
import { detailOf, lockOpen, requireUnchanged, requireVersion, requireWorkflow } from './found-workflow.ts';
import { requireChecks } from './graph-checks.ts';
import { requirePolicy } from './graph-policy.ts';
import { importWorkflows } from './import-workflows.ts';
import type { RunRequest, SignalWithStart, StartedRun } from './runs.ts';
import { requirePublish, slugOf, storeDraft, storeUpdate, storeWorkflow } from './store-workflow.ts';
import {
  findBySlug,
  portableWorkflows,
  replaceTriggers,
  touchTriggers,
  updateWorkflow,
  type VersionRow,
  versionsOf,
} from './workflow.store.ts';
import type {
  DraftInput,
  ImportedWorkflow,
  PortableWorkflow,
  Seen,
  WorkflowDetail,
  WorkflowInput,
  WorkflowServiceOptions,
} from './workflow-types.ts';

/** How often a free slug is looked for. */
const CREATE_TRIES = 20;

const REFUSED: Override = { isIgnored: false };

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
        return await this.options.db.asTenant(actor.tenantId, (transaction) =>
          storeWorkflow(this.options, transaction, actor, { input }),
        );
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        // A slug made from the name may be taken by another one of that name at the same moment; then there is a next one.
        if (input.slug === undefined && tries < CREATE_TRIES) continue;
        throw engineErrors.slug_taken(`Another workflow already has the slug "${input.slug ?? slugOf(input.name)}".`);
      }
    }
  }

  /** Stores a new version and publishes it. Triggers that are not given stay as they are. */
  async update(
    actor: Actor,
    id: string,
    input: Omit<WorkflowInput, 'slug'>,
    seen?: Seen,
    override: Override = REFUSED,
  ): Promise<WorkflowDetail> {
    await this.check(input);
    const failed = await this.failedCases(actor, id, async (transaction) => {
      const { graph, triggers = (await detailOf(transaction, id)).triggers } = input;
      return { graph, triggers };
    });
    requirePassed(failed, override);
    const updated = await this.options.db.asTenant(actor.tenantId, async (transaction) => {
      await storeUpdate(this.options, transaction, actor, { id, input, seen });
      const detail = await detailOf(transaction, id);
      const { audit } = this.options;
      await recordIgnored(audit, transaction, override, { workflowId: id, version: detail.workflow_version, failed });
      return detail;
    });
    this.options.onQueued();
    return updated;
  }

  /** Stores a new version, and leaves the published one as it is. */
  async saveDraft(actor: Actor, id: string, input: DraftInput, seen?: Seen): Promise<VersionRow> {
    await this.check({ name: '', ...input });
    return this.options.db.asTenant(actor.tenantId, (transaction) =>
      storeDraft(this.options, transaction, actor, { id, input, seen }),
    );
  }

  /**
   * Creates workflows and, where the slug is known, stores new versions, all in one transaction; a workflow that already is
   * as given stays. What is wrong with one is told, and then nothing is stored.
   */
  async import(
    actor: Actor,
    inputs: readonly WorkflowInput[],
    { isDry, override = REFUSED }: { isDry: boolean; override?: Override },
  ): Promise<ImportedWorkflow[]> {
    const failed = new Map<WorkflowInput, readonly FailedCase[]>();
    const check = async (input: WorkflowInput) => {
      await this.check(input);
      failed.set(input, await this.failedOfImport(actor, input));
    };
    // Only what is published in fact has to pass: a workflow that is as given already stays as it is.
    const onUpdated = async (transaction: Queryable, id: string, input: WorkflowInput) => {
      const cases = failed.get(input) ?? [];
      requirePassed(cases, override);
      const { workflow_version: version } = await detailOf(transaction, id);
      await recordIgnored(this.options.audit, transaction, override, { workflowId: id, version, failed: cases });
    };
    return importWorkflows({ ...this.options, isDry, check, onUpdated }, actor, inputs);
  }

  /** Workflows as they can be imported elsewhere, in the order of the ids. */
  async portable(actor: Actor, ids: readonly string[]): Promise<PortableWorkflow[]> {
    return this.options.db.asTenant(actor.tenantId, (transaction) => portableWorkflows(transaction, ids));
  }

  async get(actor: Actor, id: string): Promise<WorkflowDetail> {
    return this.options.db.asTenant(actor.tenantId, (transaction) => detailOf(transaction, id));
  }

  /** Newest first. */
  async versions(actor: Actor, id: string): Promise<VersionRow[]> {
    return this.options.db.asTenant(actor.tenantId, async (transaction) => {
      await requireWorkflow(transaction, id, 'read');
      return versionsOf(transaction, id);
    });
  }

  /** Makes an earlier or later version the one that new executions run, its triggers included. */
  async publish(actor: Actor, id: string, version: number, seen?: Seen, override: Override = REFUSED): Promise<WorkflowDetail> {
    requirePublish(actor, true);
    await this.checkVersion(actor, id, version);
    const failed = await this.failedCases(actor, id, (transaction) => requireVersion(transaction, id, version));
    requirePassed(failed, override);
    const published = await this.options.db.asTenant(actor.tenantId, async (transaction) => {
      await lockOpen(transaction, id, seen);
      const { triggers, graph, settings } = await requireVersion(transaction, id, version);
      await requirePolicy(transaction, {
        policies: this.options.policies,
        registry: this.options.registry,
        tenantId: actor.tenantId,
        graph,
      });
      await updateWorkflow(transaction, id, { workflow_version: version });
      await replaceTriggers(transaction, { tenantId: actor.tenantId, workflowId: id, version, triggers });
      await applyLimit(transaction, { tenantId: actor.tenantId, workflowId: id, settings });
      await recordIgnored(this.options.audit, transaction, override, { workflowId: id, version, failed });
      return detailOf(transaction, id);
    });
    this.options.onQueued();
    return published;
  }

  /** Pauses (false) or resumes (true) the triggers; executions that run go on. */
  async setLive(actor: Actor, id: string, isLive: boolean, seen?: Seen): Promise<WorkflowDetail> {
    return this.options.db.asTenant(actor.tenantId, async (transaction) => {
      await lockOpen(transaction, id, seen);
      requirePublish(actor, isLive);
      await updateWorkflow(transaction, id, { is_live: isLive });
      await touchTriggers(transaction, { tenantId: actor.tenantId, workflowId: id });
      return detailOf(transaction, id);
    });
  }

  /** Ends a workflow's life: it starts nothing more, but its versions and executions stay readable. */
  async archive(actor: Actor, id: string, seen?: Seen): Promise<void> {
    await this.options.db.asTenant(actor.tenantId, async (transaction) => {
      requireUnchanged(await requireWorkflow(transaction, id, 'lock'), seen);
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
      this.options.runs.run(transaction, { ...request, actor, workflow: await requireWorkflow(transaction, id, 'read') }),
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
      this.options.runs.signalWithStart(transaction, {
        ...request,
        actor,
        workflow: await requireWorkflow(transaction, id, 'read'),
      }),
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

  /** @param version reads the one that is to be published */
  private async failedCases(
    { tenantId }: Actor,
    id: string,
    version: (transaction: Queryable) => Promise<Judged>,
  ): Promise<readonly FailedCase[]> {
    const { cases, judged } = await this.options.db.asTenant(tenantId, async (transaction) => {
      const found = await casesOf(transaction, id);
      return { cases: found, judged: found.length > 0 ? await version(transaction) : undefined };
    });
    return judged ? failedCases(cases, judged, this.options.registry) : [];
  }

  /** Of a workflow that is there already, by its slug. */
  private async failedOfImport(actor: Actor, { slug, graph, triggers }: WorkflowInput): Promise<readonly FailedCase[]> {
    if (slug === undefined) return [];
    const known = await this.options.db.asTenant(actor.tenantId, (transaction) => findBySlug(transaction, slug));
    if (!known) return [];
    return this.failedCases(actor, known.id, async (transaction) => {
      return { graph, triggers: triggers ?? (await detailOf(transaction, known.id)).triggers };
    });
  }

  /** What the operator allowed when a version was stored may be off by now. */
  private async checkVersion(actor: Actor, id: string, version: number): Promise<void> {
    const { graph } = await this.options.db.asTenant(actor.tenantId, async (transaction) => {
      await requireWorkflow(transaction, id, 'read');
      return requireVersion(transaction, id, version);
    });
    await requireChecks(graph, this.options.registry);
  }
}
