import { z } from 'zod';
import {
  BaseReadOnlyViewSet,
  type Context,
  type EventStream,
  eventStream,
  lastEventIdOf,
  one,
  type Relations,
  relation,
  requirePrincipal,
  SequenceId,
} from '../../api/index.ts';
import { admitRawPayloads, RawPayloadQuery, redactorOf } from '../../governance/index.ts';
import type { Row } from '../../kernel/index.ts';
import { actorOf } from '../actor.ts';
import { EventModel } from '../events/schemas.ts';
import { WorkflowModel } from '../workflows/schemas.ts';
import {
  Execution,
  ExecutionDetail,
  ExecutionEnded,
  ExecutionModel,
  Replay,
  Replayed,
  SignalBody,
  SignalReceipt,
  Step,
} from './schemas.ts';
import '../services.ts';

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
    this.action('replay', {
      detail: true,
      methods: ['post'],
      summary: 'Run an execution again',
      description:
        'A new execution of what has ended, from the start or from a step. Another version than the published one needs the ' +
        'scope workflows:publish too.',
      body: Replay,
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
      response: SignalReceipt,
      status: 202,
    });
    this.action('events', {
      detail: true,
      summary: 'Follow an execution',
      description:
        'A `step` event for each new state of a step, then one `execution` event when it has ended. ' +
        'Ids count up; send the last one as `Last-Event-ID` to go on from there.',
      produces: 'text/event-stream',
      events: { step: Step, execution: ExecutionEnded },
    });
  }
  readonly model = ExecutionModel;
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
        const steps = await ctx.services.engine.executions.steps(requirePrincipal(ctx).tenantId, ids, redactorOf(ctx));
        return ids.map((id) => steps.get(id) ?? []);
      },
    }),
  };

  override async retrieve(ctx: Context): Promise<ExecutionDetail & ExecutionRow> {
    const row = ctx.row as ExecutionRow;
    await admitRawPayloads(ctx, { type: 'execution', id: row.id });
    const steps = await ctx.services.engine.executions.steps(requirePrincipal(ctx).tenantId, [row.id], redactorOf(ctx));
    return { ...this.present(row, ctx), steps: steps.get(row.id) ?? [] };
  }

  async cancel({ id }: ExecutionRow, ctx: Context): Promise<ExecutionRow> {
    await ctx.services.engine.control.cancel(actorOf(ctx), id);
    return this.present((await this.getObject(ctx)) as ExecutionRow, ctx);
  }

  async replay({ id }: ExecutionRow, ctx: Context<z.output<typeof Replay>>): Promise<z.input<typeof Replayed>> {
    const { from_step: fromStep, version, input } = ctx.body;
    const { traceId } = ctx;
    const replayed = await ctx.services.engine.replays.replay(actorOf(ctx), id, { fromStep, version, input, traceId });
    return { ...replayed, trace_id: traceId };
  }

  async signal({ id }: ExecutionRow, ctx: Context<z.output<typeof SignalBody>>): Promise<z.input<typeof SignalReceipt>> {
    return { signal_id: await ctx.services.engine.control.signal(actorOf(ctx), id, ctx.body) };
  }

  events(execution: ExecutionRow, ctx: Context): EventStream {
    const { tenantId } = requirePrincipal(ctx);
    const after = lastEventIdOf(ctx, SequenceId) ?? 0;
    return eventStream((signal) => ctx.services.engine.executions.follow({ tenantId, executionId: execution.id, after, signal }));
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
