import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context } from '../../api/index.ts';
import { type AuditActor, type AuditEntry, admitRawPayloads, auditActorOf, redactorOf } from '../../governance/index.ts';
import { commonErrors, type Filter, isUuid, type Json, type Row } from '../../kernel/index.ts';
import { actorOf } from '../actor.ts';
import { type CaseRow, casesOf, countOtherCases, deleteCase, saveCase } from '../cases/case.store.ts';
import { judgeCases, type Outcome } from '../cases/judge.ts';
import type { Override } from '../cases/require-cases.ts';
import { MAXIMUM_CASES, RuleCase, RuleCaseQuery, RuleCaseSave, RuleCases } from '../cases/schemas.ts';
import { catalogOf, WorkflowCatalog } from '../catalog/catalog.ts';
import { engineErrors } from '../errors.ts';
import { workflowExamples as examples } from './examples.ts';
import { lockOpen, requireVersion } from './found-workflow.ts';
import { WorkflowDraft, WorkflowModel, WorkflowVersion, WorkflowVersions } from './schemas.ts';
import type { VersionRow } from './workflow.store.ts';
import { WorkflowService } from './workflow-service.ts';
import './services.ts';

export type WorkflowRow = Row<typeof WorkflowModel>;
type CaseQuery = z.output<typeof RuleCaseQuery>;

/** What workflows are made of, their versions, and the cases that a version is measured by. */
export class WorkflowVersionsViewSet extends BaseReadOnlyViewSet<typeof WorkflowModel> {
  static {
    this.action('catalog', {
      detail: false,
      path: 'step-types',
      summary: 'Get what a workflow can be made of',
      description: 'Step types and trigger types with JSON Schemas of what they are configured with, for editors.',
      response: WorkflowCatalog,
    });
    this.action('versions', { detail: true, summary: 'List the versions, newest first', response: WorkflowVersions });
    this.action('saveVersion', {
      detail: true,
      methods: ['post'],
      path: 'versions',
      summary: 'Store a version without publishing it',
      body: WorkflowDraft,
      examples: examples.saveVersion,
      response: WorkflowVersion,
      status: 201,
      problems: { 409: 'The workflow is archived.', 422: 'The policy does not allow it.' },
    });
    this.action('cases', {
      detail: true,
      summary: 'List the cases of the rules, with what a version says of each',
      query: RuleCaseQuery,
      response: RuleCases,
    });
    this.action('saveCase', {
      detail: true,
      methods: ['post'],
      path: 'cases',
      summary: 'Save a case of a rule',
      description: `An event with what a rule has to say about it. A version that says otherwise is not published. At most ${MAXIMUM_CASES}.`,
      body: RuleCaseSave,
      examples: examples.saveCase,
      response: RuleCase,
      status: 201,
      problems: { 409: 'The workflow is archived, or has as many as it may.' },
    });
    this.action('deleteCase', {
      detail: true,
      methods: ['delete'],
      path: 'cases/{case_id}',
      summary: 'Delete a case',
      status: 204,
    });
  }
  readonly model = WorkflowModel;
  override tag: string | undefined = 'Workflows';
  override tagDescription: string | undefined =
    'Graphs of steps, with the triggers that start them. Each change makes a version, and one version is published.';
  /** Does the work; replace it by a subclass to change what happens. */
  serviceClass: typeof WorkflowService = WorkflowService;

  /** By its id, or, while it is not archived, by its slug. */
  override async getObject(ctx: Context): Promise<WorkflowRow | undefined> {
    const name = ctx.params[this.lookup];
    const scope = this.getQuery(ctx);
    if (name === undefined || isUuid(name) || !scope || !SLUG.test(name)) return super.getObject(ctx);
    const filters: Filter[] = [
      { column: 'slug', operator: 'exact', value: name },
      { column: 'archived_at', operator: 'is_null', value: true },
    ];
    const order = [{ column: 'id', descending: false }];
    return (await this.getStore(ctx).list(this.model, { filters, order, limit: 1 }, scope))[0];
  }

  getService(ctx: Context): WorkflowService {
    return new this.serviceClass(ctx.services.workflows);
  }

  async catalog(ctx: Context): Promise<WorkflowCatalog> {
    const { registry, triggerTypes } = ctx.services.workflows;
    return catalogOf(registry, triggerTypes);
  }

  async versions(workflow: WorkflowRow, ctx: Context): Promise<z.input<typeof WorkflowVersions>> {
    return { results: await this.getService(ctx).versions(actorOf(ctx), workflow.id) };
  }

  async saveVersion(workflow: WorkflowRow, ctx: Context<z.output<typeof WorkflowDraft>>): Promise<VersionRow> {
    return this.getService(ctx).saveDraft(actorOf(ctx), workflow.id, ctx.body, seenBy(ctx));
  }

  async cases(workflow: WorkflowRow, ctx: Context<unknown, CaseQuery>): Promise<z.input<typeof RuleCases>> {
    await admitRawPayloads(ctx, { type: 'workflow', id: workflow.id });
    const number = ctx.query.version ?? workflow.workflow_version;
    const { tenantId } = actorOf(ctx);
    const { cases, version } = await ctx.services.database.asTenant(tenantId, async (transaction) => {
      const asked = await requireVersion(transaction, workflow.id, number);
      return { cases: await casesOf(transaction, workflow.id), version: asked };
    });
    const outcomes = await judgeCases(cases, version, ctx.services.workflows.registry);
    return { version: number, results: cases.map((one, index) => shown(one, outcomes[index] as Outcome, ctx)) };
  }

  async saveCase(workflow: WorkflowRow, ctx: Context<z.output<typeof RuleCaseSave>>): Promise<z.input<typeof RuleCase>> {
    const { tenantId, id: createdBy } = actorOf(ctx);
    const given = { ...ctx.body, event: ctx.body.event as Json, tenantId, workflowId: workflow.id, createdBy };
    const { saved, version } = await ctx.services.database.asTenant(tenantId, async (transaction) => {
      // Locked, so that two at once do not make one too many.
      const { workflow_version: number } = await lockOpen(transaction, workflow.id, seenBy(ctx));
      if ((await countOtherCases(transaction, workflow.id, given.name)) >= MAXIMUM_CASES)
        throw engineErrors.too_many_cases(`A workflow has ${MAXIMUM_CASES} cases at most.`);
      const made = await saveCase(transaction, given);
      await ctx.services.audit.record(transaction, {
        ...entryOf(ctx, workflow),
        action: 'workflow.save_case',
        diff: { name: made.name, matches: made.matches },
      });
      return {
        saved: made,
        version: await requireVersion(transaction, workflow.id, number),
      };
    });
    const [outcome] = await judgeCases([saved], version, ctx.services.workflows.registry);
    return shown(saved, outcome as Outcome, ctx);
  }

  async deleteCase(workflow: WorkflowRow, ctx: Context): Promise<void> {
    const { case_id: id = '' } = ctx.params;
    const { tenantId } = actorOf(ctx);
    if (!isUuid(id)) throw noSuchCase();
    await ctx.services.database.asTenant(tenantId, async (transaction) => {
      await lockOpen(transaction, workflow.id, seenBy(ctx));
      if (!(await deleteCase(transaction, workflow.id, id))) throw noSuchCase();
      await ctx.services.audit.record(transaction, {
        ...entryOf(ctx, workflow),
        action: 'workflow.delete_case',
        diff: { case_id: id },
      });
    });
  }
}

const SLUG = /^[a-z0-9-]{1,100}$/;

function noSuchCase() {
  return commonErrors.not_found('There is no such case.');
}

/** Cases keep versions from being published, so who changes them is told. */
function entryOf(ctx: Context, { id }: WorkflowRow): AuditActor & Pick<AuditEntry, 'target'> {
  return { ...auditActorOf(ctx), target: { type: 'workflow', id } };
}

function shown({ workflow_id: _, ...one }: CaseRow, outcome: Outcome, ctx: Context): z.input<typeof RuleCase> {
  return { ...one, event: redactorOf(ctx)(one.event), outcome };
}

export function rowOf(ctx: Context): WorkflowRow {
  return ctx.row as WorkflowRow;
}

/** With `If-Match` a change must find the workflow as it was when the header was compared. */
export function seenBy(ctx: Context): WorkflowRow | undefined {
  return ctx.isConditional ? rowOf(ctx) : undefined;
}

export function overrideOf(ctx: Context, isIgnored = false): Override {
  return { isIgnored, by: auditActorOf(ctx) };
}
