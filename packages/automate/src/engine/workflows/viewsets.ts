import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, requirePrincipal } from '../../api/index.ts';
import type { Row } from '../../kernel/index.ts';
import {
  Publish,
  Run,
  RunStarted,
  WorkflowCreate,
  WorkflowCreated,
  WorkflowDetail,
  WorkflowModel,
  WorkflowPatch,
  WorkflowUpdate,
  WorkflowVersions,
} from './schemas.ts';
import { type Actor, WorkflowService } from './workflow-service.ts';
import '../services.ts';

type WorkflowRow = Row<typeof WorkflowModel>;
type Detail = z.input<typeof WorkflowDetail>;

/** Workflows and their versions. Every change of graph or triggers is a new, immutable version. */
export class WorkflowViewSet extends BaseReadOnlyViewSet<typeof WorkflowModel> {
  static {
    this.describe('create', { summary: 'Create a workflow', body: WorkflowCreate, response: WorkflowCreated });
    this.describe('retrieve', { summary: 'Get a workflow with its published version', response: WorkflowDetail, shaped: true });
    this.describe('update', { summary: 'Store and publish a new version', body: WorkflowUpdate, response: WorkflowDetail });
    this.describe('partialUpdate', { summary: 'Pause or resume the triggers', body: WorkflowPatch, response: WorkflowDetail });
    this.describe('destroy', { summary: 'Archive a workflow', status: 204 });
    this.action('versions', { detail: true, summary: 'List the versions, newest first', response: WorkflowVersions });
    this.action('publish', {
      detail: true,
      methods: ['post'],
      summary: 'Make a version the one that runs',
      body: Publish,
      response: WorkflowDetail,
    });
    this.action('run', {
      detail: true,
      methods: ['post'],
      summary: 'Start an execution by hand',
      body: Run,
      response: RunStarted,
      status: 202,
    });
  }
  readonly model = WorkflowModel;
  /** Does the work; replace it by a subclass to change what happens. */
  serviceClass: typeof WorkflowService = WorkflowService;

  async create(ctx: Context<z.output<typeof WorkflowCreate>>): Promise<z.input<typeof WorkflowCreated>> {
    const created = await this.getService(ctx).create(actorOf(ctx), ctx.body);
    ctx.reply.header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id: created.id }));
    return { ...created, message: 'Workflow created.' };
  }

  override async retrieve(ctx: Context): Promise<WorkflowRow & Detail> {
    return this.getService(ctx).get(actorOf(ctx), rowOf(ctx).id) as Promise<WorkflowRow & Detail>;
  }

  async update(ctx: Context<z.output<typeof WorkflowUpdate>>): Promise<Detail> {
    return this.getService(ctx).update(actorOf(ctx), rowOf(ctx).id, ctx.body, seenBy(ctx));
  }

  async partialUpdate(ctx: Context<z.output<typeof WorkflowPatch>>): Promise<Detail> {
    return this.getService(ctx).setLive(actorOf(ctx), rowOf(ctx).id, ctx.body.is_live, seenBy(ctx));
  }

  async destroy(ctx: Context): Promise<void> {
    await this.getService(ctx).archive(actorOf(ctx), rowOf(ctx).id, seenBy(ctx));
  }

  async versions(workflow: WorkflowRow, ctx: Context): Promise<z.input<typeof WorkflowVersions>> {
    return { results: await this.getService(ctx).versions(actorOf(ctx), workflow.id) };
  }

  async publish(workflow: WorkflowRow, ctx: Context<z.output<typeof Publish>>): Promise<Detail> {
    return this.getService(ctx).publish(actorOf(ctx), workflow.id, ctx.body.version, seenBy(ctx));
  }

  async run(workflow: WorkflowRow, ctx: Context<z.output<typeof Run>>): Promise<z.input<typeof RunStarted>> {
    const started = await this.getService(ctx).run(actorOf(ctx), workflow.id, { ...ctx.body, traceId: ctx.traceId });
    return { ...started, trace_id: ctx.traceId };
  }

  getService(ctx: Context): WorkflowService {
    return new this.serviceClass(ctx.services.workflows);
  }
}

function actorOf(ctx: Context): Actor {
  const { tenantId, id, kind } = requirePrincipal(ctx);
  return { tenantId, id: `${kind}:${id}` };
}

function rowOf(ctx: Context): WorkflowRow {
  return ctx.row as WorkflowRow;
}

/** With `If-Match` a change must find the workflow as it was when the header was compared. */
function seenBy(ctx: Context): WorkflowRow | undefined {
  return ctx.isConditional ? rowOf(ctx) : undefined;
}
