import {
  BaseReadOnlyViewSet,
  type Context,
  type EventStream,
  eventStream,
  lastEventIdOf,
  type Page,
  requirePrincipal,
  SequenceId,
} from '../../api/index.ts';
import type { Row } from '../../kernel/index.ts';
import { ExecutionDetail, ExecutionModel } from './schemas.ts';
import '../services.ts';

type ExecutionRow = Row<typeof ExecutionModel>;

/** Executions: what ran, with every step's input and output, and live. */
export class ExecutionViewSet extends BaseReadOnlyViewSet<typeof ExecutionModel> {
  static {
    this.describe('retrieve', { summary: 'Get an execution with its steps', response: ExecutionDetail, sparse: true });
    this.action('events', {
      detail: true,
      summary: 'Follow an execution',
      description:
        'A `step` event for each new state of a step, then one `execution` event when it has ended. ' +
        'Ids count up; send the last one as `Last-Event-ID` to go on from there.',
      produces: 'text/event-stream',
    });
  }
  readonly model = ExecutionModel;

  override async list(ctx: Context): Promise<Page<ExecutionRow>> {
    const page = await super.list(ctx);
    return { ...page, results: page.results.map((row) => show(row, ctx)) };
  }

  override async retrieve(ctx: Context): Promise<ExecutionDetail & ExecutionRow> {
    const row = ctx.row as ExecutionRow;
    const steps = await ctx.services.engine.executions.steps(requirePrincipal(ctx).tenantId, [row.id]);
    return { ...show(row, ctx), steps: steps.get(row.id) ?? [] };
  }

  events(execution: ExecutionRow, ctx: Context): EventStream {
    const { tenantId } = requirePrincipal(ctx);
    const after = lastEventIdOf(ctx, SequenceId) ?? 0;
    return eventStream((signal) => ctx.services.engine.executions.follow({ tenantId, executionId: execution.id, after, signal }));
  }
}

function show(row: ExecutionRow, ctx: Context): ExecutionRow {
  return {
    ...row,
    output: ctx.services.redact(row.output) as ExecutionRow['output'],
    error: ctx.services.redact(row.error) as ExecutionRow['error'],
  };
}
