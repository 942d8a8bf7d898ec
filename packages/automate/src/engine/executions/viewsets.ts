import { z } from 'zod';
import {
  BaseReadOnlyViewSet,
  type Context,
  type EventStream,
  eventStream,
  exportQuerySchema,
  exportRows,
  exportTypes,
  lastEventIdOf,
  type OperationOptions,
  one,
  type Page,
  pageBehind,
  paginate,
  type RawReply,
  type Relations,
  relation,
  requirePrincipal,
  SequenceId,
  type StandardAction,
} from '../../api/index.ts';
import { admitRawPayloads, RawPayloadQuery, redactorOf } from '../../governance/index.ts';
import { BatchStarted, ListChanges } from '../../jobs/index.ts';
import type { JsonObject, Row } from '../../kernel/index.ts';
import { actorOf } from '../actor.ts';
import { EventModel } from '../events/schemas.ts';
import { Step } from '../records/schemas.ts';
import { WorkflowModel } from '../workflows/schemas.ts';
import { executionExamples as examples } from './examples.ts';
import { EXECUTION_BATCH } from './execution-batch.ts';
import { prepareQuery, withWorkflows } from './execution-list.ts';
import { SHOWN_STEPS } from './execution-reader.ts';
import {
  Execution,
  ExecutionBatch,
  ExecutionDetail,
  ExecutionEnded,
  ExecutionModel,
  ExecutionProgress,
  ListedExecution,
  Replay,
  Replayed,
  SignalBody,
  SignalReceipt,
  StepPage,
  StepQuery,
  type WorkflowName,
} from './schemas.ts';
import './services.ts';

type ExecutionRow = Row<typeof ExecutionModel>;

/** Executions: what ran, with every step's input and output, and live. */
export class ExecutionViewSet extends BaseReadOnlyViewSet<typeof ExecutionModel> {
  static {
    this.describe('retrieve', {
      summary: 'Get an execution with its steps',
      query: RawPayloadQuery,
      response: ExecutionDetail,
      shaped: true,
    });
    this.action('cancel', {
      detail: true,
      methods: ['post'],
      summary: 'Cancel an execution',
      description: 'Running steps are stopped, waiting ones never start, and what has to be undone is undone.',
      response: Execution,
      status: 202,
    });
    this.action('steps', {
      detail: true,
      summary: 'List the steps of an execution',
      description: 'In the order of their last changes. A page is shorter than its limit when its steps are large.',
      query: StepQuery,
      response: StepPage,
    });
    this.action('batch', {
      detail: false,
      methods: ['post'],
      summary: 'Cancel or replay many executions',
      description:
        'A job of its own does it; its `progress` says how many are done, and how many of them could not be. Executions that ' +
        'are made meanwhile are not among them.',
      body: ExecutionBatch,
      examples: examples.batch,
      response: BatchStarted,
      status: 202,
    });
    this.action('replay', {
      detail: true,
      methods: ['post'],
      summary: 'Run an execution again',
      description:
        'A new execution of what has ended, from the start, from a step, or of the failed items of a loop. Another version than the published one needs the ' +
        'scope workflows:publish too.',
      body: Replay,
      examples: examples.replay,
      response: Replayed,
      status: 202,
      problems: {
        422: 'The policy does not allow the input, or the Idempotency-Key was used for another request.',
        429: 'The policy allows no more executions at once.',
      },
    });
    this.action('signal', {
      detail: true,
      methods: ['post'],
      summary: 'Send a signal to an execution',
      description: 'The step that waits for it goes on with the data, once. It may come before the step is reached.',
      body: SignalBody,
      examples: examples.signal,
      response: SignalReceipt,
      status: 202,
    });
    this.action('events', {
      detail: true,
      summary: 'Follow an execution',
      description:
        'A `step` event for each new state of a step, a `status` event for each status of the execution before its end, then one ' +
        '`execution` event when it has ended. Ids count up; send the last one as `Last-Event-ID` to go on from there.',
      produces: 'text/event-stream',
      events: { step: Step, status: ExecutionProgress, execution: ExecutionEnded },
    });
    this.action('changes', {
      detail: false,
      summary: 'Follow the list of executions',
      description: 'A `changes` event at once, and whenever executions were made or have changed.',
      produces: 'text/event-stream',
      events: { changes: ListChanges },
    });
  }
  readonly model = ExecutionModel;
  override tag: string | undefined = 'Executions';
  override tagDescription: string | undefined =
    'Runs of workflows: what each step was given and gave, live or afterwards, and the ways to end one, to signal it and to run it again.';
  override relations: Relations = {
    workflow: one(WorkflowModel, 'workflow_id'),
    event: one(EventModel, 'event_id', {
      present: (event, ctx) => ({ ...event, payload: redactorOf(ctx)(event.payload) as typeof event.payload }),
    }),
    steps: relation({
      schema: z.array(Step),
      scope: null,
      async load(rows: readonly ExecutionRow[], ctx) {
        const ids = rows.map(({ id }) => id);
        const steps = await ctx.services.executions.reader.steps(requirePrincipal(ctx).tenantId, ids, redactorOf(ctx));
        return ids.map((id) => steps.get(id) ?? []);
      },
    }),
  };

  override responseSchema = ListedExecution;

  override async list(ctx: Context): Promise<Page<ExecutionRow>> {
    await prepareQuery(ctx);
    const page = await super.list(ctx);
    return { ...page, results: await withWorkflows(ctx, page.results) };
  }

  override async retrieve(ctx: Context): Promise<ExecutionDetail & ExecutionRow> {
    const row = ctx.row as ExecutionRow;
    await admitRawPayloads(ctx, { type: 'execution', id: row.id });
    const { tenantId } = requirePrincipal(ctx);
    const window = { executionId: row.id, limit: SHOWN_STEPS };
    const { steps, hasMore } = await ctx.services.executions.reader.stepPage(tenantId, window, redactorOf(ctx));
    const operationId = `${ctx.route.basename}.steps`;
    const path = ctx.api.reverse(operationId, { id: row.id });
    const next = () => pageBehind({ path, operationId, order: STEP_ORDER, bound: [], values: [steps.at(-1)?.seq] });
    const [named] = await withWorkflows(ctx, [this.present(row, ctx)]);
    return { ...(named as ExecutionRow & { workflow: WorkflowName | null }), steps, steps_next: hasMore ? next() : null };
  }

  async steps({ id }: ExecutionRow, ctx: Context<unknown, z.output<typeof StepQuery>>): Promise<z.input<typeof StepPage>> {
    await admitRawPayloads(ctx, { type: 'execution', id });
    const { tenantId } = requirePrincipal(ctx);
    const { reader } = ctx.services.executions;
    const { status, node, iteration, within, top: isTop, search } = ctx.query;
    const filter = { status, node, iteration, within, isTop, search };
    const of = { executionId: id, ...filter };
    let hasMore = false;
    const page = await paginate(ctx, {
      order: STEP_ORDER,
      columns: Step,
      pageSize: this.pageSize,
      bound: Object.entries(filter).filter(([, value]) => value !== undefined),
      async load({ after, backward, limit }) {
        const window = { ...of, after: after?.[0] as number | undefined, backward, limit: limit - 1 };
        const loaded = await reader.stepPage(tenantId, window, redactorOf(ctx));
        hasMore = loaded.hasMore;
        return loaded.steps;
      },
      hasMore: () => hasMore,
      count: () => reader.countSteps(tenantId, of),
    });
    return { ...page, results: [...page.results] };
  }

  async batch(ctx: Context<z.output<typeof ExecutionBatch>>): Promise<z.input<typeof BatchStarted>> {
    const { tenantId } = requirePrincipal(ctx);
    const payload = { ...ctx.body, from: ctx.body.from ?? 'start', actor: { ...actorOf(ctx) } } as unknown as JsonObject;
    return {
      job_id: await ctx.services.jobs.control.startBatch({ kind: EXECUTION_BATCH, tenantId, traceId: ctx.traceId, payload }),
    };
  }

  async cancel({ id }: ExecutionRow, ctx: Context): Promise<ExecutionRow> {
    await ctx.services.executions.control.cancel(actorOf(ctx), id);
    return this.present((await this.getObject(ctx)) as ExecutionRow, ctx);
  }

  async replay({ id }: ExecutionRow, ctx: Context<z.output<typeof Replay>>): Promise<z.input<typeof Replayed>> {
    const { from_step: fromStep, failed_items_of: failedItemsOf, version, input } = ctx.body;
    const { traceId } = ctx;
    const replayed = await ctx.services.executions.replays.replay(actorOf(ctx), id, {
      fromStep,
      failedItemsOf,
      version,
      input,
      traceId,
    });
    return { ...replayed, trace_id: traceId };
  }

  async signal({ id }: ExecutionRow, ctx: Context<z.output<typeof SignalBody>>): Promise<z.input<typeof SignalReceipt>> {
    return { signal_id: await ctx.services.executions.control.signal(actorOf(ctx), id, ctx.body) };
  }

  events(execution: ExecutionRow, ctx: Context): EventStream {
    const { tenantId } = requirePrincipal(ctx);
    const after = lastEventIdOf(ctx, SequenceId);
    return eventStream((signal) => ctx.services.executions.reader.follow({ tenantId, executionId: execution.id, after, signal }));
  }

  changes(ctx: Context): EventStream {
    const { tenantId } = requirePrincipal(ctx);
    return eventStream((signal) => ctx.services.jobs.lists.follow({ tenantId, signal }));
  }

  /** The filtered list as a file; errors and outputs are redacted as in the list. */
  async export(ctx: Context): Promise<RawReply> {
    await prepareQuery(ctx);
    return exportRows(this, ctx);
  }

  getTransferSchema() {
    return Execution;
  }

  async toTransfer(rows: readonly ExecutionRow[], ctx: Context): Promise<readonly object[]> {
    return rows.map((row) => this.present(row, ctx));
  }

  override getStandardOptions(action: StandardAction): OperationOptions | undefined {
    if (action !== 'export') return super.getStandardOptions(action);
    return { summary: 'Export executions', query: exportQuerySchema(this), produces: Object.values(exportTypes) };
  }

  override present(row: ExecutionRow, ctx: Context): ExecutionRow {
    const redact = redactorOf(ctx);
    return {
      ...row,
      output: redact(row.output) as ExecutionRow['output'],
      error: redact(row.error) as ExecutionRow['error'],
    };
  }
}

const STEP_ORDER = [{ column: 'seq', descending: false }];
