import type { z } from 'zod';
import { type Context, requirePrincipal, requireScope } from '../../api/index.ts';
import { commonErrors, type Filter, hasScope, issuesOf } from '../../kernel/index.ts';
import { actorOf } from '../actor.ts';
import { DryRun, DryRunReport } from './dry-run-schemas.ts';
import { workflowExamples as examples } from './examples.ts';
import {
  MAXIMUM_IMPORT,
  Publish,
  Run,
  RunStarted,
  SignalledWithStart,
  SignalWithStartBody,
  TriggerStates,
  WorkflowCreate,
  WorkflowCreated,
  WorkflowDetail,
  WorkflowExport,
  WorkflowExportQuery,
  WorkflowImport,
  WorkflowImportQuery,
  WorkflowImportReport,
  WorkflowPatch,
  WorkflowUpdate,
} from './schemas.ts';
import { overrideOf, rowOf, seenBy, type WorkflowRow, WorkflowVersionsViewSet } from './versions.viewsets.ts';
import './services.ts';

type Detail = z.input<typeof WorkflowDetail>;

const problems = {
  409: 'Cases of its rules fail.',
  422: 'The policy does not allow it, or the Idempotency-Key was used for another request.',
};
const runProblems = {
  409: 'The workflow is archived, an execution has the key, or its settings say that no further one is started.',
  422: 'The policy does not allow the input, its settings cannot be applied to it, or the Idempotency-Key was used otherwise.',
  429: 'The policy allows no more executions at once.',
};

/** Workflows and their versions. Every change of graph or triggers is a new, immutable version. */
export class WorkflowViewSet extends WorkflowVersionsViewSet {
  static {
    this.describe('create', {
      summary: 'Create a workflow',
      description: 'One that is live needs the scope workflows:publish too.',
      body: WorkflowCreate,
      examples: examples.create,
      response: WorkflowCreated,
      problems,
    });
    this.describe('retrieve', { summary: 'Get a workflow with its published version', response: WorkflowDetail, shaped: true });
    this.describe('update', {
      summary: 'Store and publish a new version',
      description: 'Unless the workflow is paused and stays so, it needs the scope workflows:publish too.',
      body: WorkflowUpdate,
      examples: examples.update,
      response: WorkflowDetail,
      problems,
    });
    this.describe('partialUpdate', {
      summary: 'Pause or resume the triggers',
      description: 'Resuming needs the scope workflows:publish too.',
      body: WorkflowPatch,
      examples: examples.partialUpdate,
      response: WorkflowDetail,
    });
    this.describe('destroy', { summary: 'Archive a workflow', status: 204 });
    this.action('triggers', {
      detail: true,
      summary: 'Get how triggers of features stand',
      description: 'Those of the types `event` and `manual` need nobody, and are not in it.',
      response: TriggerStates,
    });
    this.describe('export', {
      summary: 'Export workflows with their published version',
      query: WorkflowExportQuery,
      response: WorkflowExport,
    });
    this.describe('import', {
      summary: 'Import workflows',
      description: 'Those that are live, or would be, need the scope workflows:publish too.',
      query: WorkflowImportQuery,
      body: WorkflowImport,
      examples: examples.import,
      response: WorkflowImportReport,
      status: 200,
      bodyLimit: 16 * 1_048_576,
    });
    this.action('publish', {
      detail: true,
      methods: ['post'],
      summary: 'Make a version the one that runs',
      scope: 'workflows:publish',
      body: Publish,
      examples: examples.publish,
      response: WorkflowDetail,
      problems,
    });
    this.action('pause', {
      detail: true,
      methods: ['post'],
      summary: 'Pause the triggers',
      description: 'As PATCH with `is_live` false. Executions that run go on.',
      response: WorkflowDetail,
    });
    this.action('resume', {
      detail: true,
      methods: ['post'],
      summary: 'Resume the triggers',
      description: 'As PATCH with `is_live` true. It needs the scope workflows:publish too.',
      response: WorkflowDetail,
    });
    this.action('run', {
      detail: true,
      methods: ['post'],
      summary: 'Start an execution by hand',
      description: 'Another version than the published one needs the scope workflows:publish too.',
      scope: 'workflows:run',
      body: Run,
      examples: examples.run,
      response: RunStarted,
      status: 202,
      problems: runProblems,
    });
    this.action('signalWithStart', {
      detail: true,
      methods: ['post'],
      summary: 'Signal an execution, and start it first where it is not there',
      description:
        'Both happen or nothing does. An execution that has the key and has ended gives it to the new one. It needs the scope ' +
        'executions:write too.',
      scope: 'workflows:run',
      body: SignalWithStartBody,
      examples: examples.signalWithStart,
      response: SignalledWithStart,
      status: 202,
      problems: runProblems,
    });
    this.action('dryRun', {
      detail: true,
      methods: ['post'],
      summary: 'Try a workflow with nothing stored and nothing sent',
      description:
        'Outgoing calls are noted and answered with 200 and `{}`, sleeps end at once, secrets are placeholders. A graph that is ' +
        'not saved, and a version that is not published, need the scope workflows:write too.',
      scope: 'workflows:run',
      body: DryRun,
      examples: examples.dryRun,
      response: DryRunReport,
      status: 200,
      problems,
    });
  }
  async create(ctx: Context<z.output<typeof WorkflowCreate>>): Promise<z.input<typeof WorkflowCreated>> {
    const created = await this.getService(ctx).create(actorOf(ctx), ctx.body);
    ctx.reply.header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id: created.id }));
    return { ...created, message: 'Workflow created.' };
  }

  override async retrieve(ctx: Context): Promise<WorkflowRow & Detail> {
    return this.getService(ctx).get(actorOf(ctx), rowOf(ctx).id) as Promise<WorkflowRow & Detail>;
  }

  async update(ctx: Context<z.output<typeof WorkflowUpdate>>): Promise<Detail> {
    const { ignore_cases: isIgnored, ...input } = ctx.body;
    return this.getService(ctx).update(actorOf(ctx), rowOf(ctx).id, input, seenBy(ctx), overrideOf(ctx, isIgnored));
  }

  async partialUpdate(ctx: Context<z.output<typeof WorkflowPatch>>): Promise<Detail> {
    return this.getService(ctx).setLive(actorOf(ctx), rowOf(ctx).id, ctx.body.is_live, seenBy(ctx));
  }

  async destroy(ctx: Context): Promise<void> {
    await this.getService(ctx).archive(actorOf(ctx), rowOf(ctx).id, seenBy(ctx));
  }

  async triggers(workflow: WorkflowRow, ctx: Context): Promise<z.input<typeof TriggerStates>> {
    return { results: await ctx.services.triggers.statusOf(requirePrincipal(ctx).tenantId, workflow.id) };
  }

  /** Those named, else all that are not archived; a page at most. */
  async export(ctx: Context<unknown, z.output<typeof WorkflowExportQuery>>): Promise<z.input<typeof WorkflowExport>> {
    const scope = requireScope(this.getQuery(ctx));
    const filters: Filter[] = [
      { column: 'archived_at', operator: 'is_null', value: true },
      ...(ctx.query.slug_in ? [{ column: 'slug', operator: 'in' as const, value: ctx.query.slug_in }] : []),
    ];
    const order = [{ column: 'id', descending: false }];
    const rows = await ctx.services.models.list(this.model, { filters, order, limit: MAXIMUM_IMPORT }, scope);
    ctx.reply.header('content-disposition', 'attachment; filename="workflows.json"');
    const ids = rows.map(({ id }) => id);
    return [...(await this.getService(ctx).portable(actorOf(ctx), ids))] as z.input<typeof WorkflowExport>;
  }

  async import(
    ctx: Context<z.output<typeof WorkflowImport>, z.output<typeof WorkflowImportQuery>>,
  ): Promise<z.input<typeof WorkflowImportReport>> {
    const isDry = ctx.query.dry_run ?? false;
    const override = overrideOf(ctx, ctx.query.ignore_cases);
    const outcomes = await this.getService(ctx).import(actorOf(ctx), ctx.body, { isDry, override });
    return {
      dry_run: isDry,
      applied:
        !isDry && outcomes.some(({ status }) => status !== 'unchanged') && outcomes.every(({ status }) => status !== 'failed'),
      results: outcomes.map((outcome, index) => ({
        name: ctx.body[index]?.name ?? '',
        status: outcome.status,
        id: outcome.id,
        errors: outcome.status === 'failed' ? issuesOf(outcome.error) : [],
      })),
    };
  }

  async publish(workflow: WorkflowRow, ctx: Context<z.output<typeof Publish>>): Promise<Detail> {
    const { version, ignore_cases: isIgnored } = ctx.body;
    return this.getService(ctx).publish(actorOf(ctx), workflow.id, version, seenBy(ctx), overrideOf(ctx, isIgnored));
  }

  async pause(workflow: WorkflowRow, ctx: Context): Promise<Detail> {
    return this.getService(ctx).setLive(actorOf(ctx), workflow.id, false, seenBy(ctx));
  }

  async resume(workflow: WorkflowRow, ctx: Context): Promise<Detail> {
    return this.getService(ctx).setLive(actorOf(ctx), workflow.id, true, seenBy(ctx));
  }

  async run(workflow: WorkflowRow, ctx: Context<z.output<typeof Run>>): Promise<z.input<typeof RunStarted>> {
    const { idempotency_key: idempotencyKey, execution_key: executionKey, on_conflict: onConflict, ...body } = ctx.body;
    const run = { ...body, idempotencyKey, executionKey, onConflict, traceId: ctx.traceId };
    return { ...(await this.getService(ctx).run(actorOf(ctx), workflow.id, run)), trace_id: ctx.traceId };
  }

  async signalWithStart(
    workflow: WorkflowRow,
    ctx: Context<z.output<typeof SignalWithStartBody>>,
  ): Promise<z.input<typeof SignalledWithStart>> {
    if (!hasScope(requirePrincipal(ctx), 'executions:write'))
      throw commonErrors.forbidden('The scope executions:write is needed to signal an execution.');
    const { execution_key: executionKey, ...body } = ctx.body;
    const request = { ...body, executionKey, traceId: ctx.traceId };
    return { ...(await this.getService(ctx).signalWithStart(actorOf(ctx), workflow.id, request)), trace_id: ctx.traceId };
  }

  async dryRun(workflow: WorkflowRow, ctx: Context<z.output<typeof DryRun>>): Promise<z.input<typeof DryRunReport>> {
    const { graph, version } = ctx.body;
    const isPublished = graph === undefined && (version ?? workflow.workflow_version) === workflow.workflow_version;
    if (!isPublished && !hasScope(requirePrincipal(ctx), 'workflows:write'))
      throw commonErrors.forbidden('The scope workflows:write is needed for a graph or version that is not published.');
    if (graph) this.getService(ctx).validate({ graph });
    return ctx.services.dryRun(actorOf(ctx), workflow.id, { ...ctx.body, traceId: ctx.traceId });
  }
}
