import type { z } from 'zod';
import {
  BaseReadOnlyViewSet,
  type Context,
  exportQuerySchema,
  exportRows,
  exportTypes,
  type OperationOptions,
  type RawReply,
  requirePrincipal,
  type StandardAction,
} from '../../api/index.ts';
import type { Row } from '../../kernel/index.ts';
import { bodiesOf } from './call.store.ts';
import { CallBodies, CallSummary, CallSummaryQuery, ModelCall, ModelCallModel } from './schemas.ts';
import { summarizeCalls } from './summary.ts';

type CallRow = Row<typeof ModelCallModel>;

/** The log: every call of a model, as it went. */
export class ModelCallViewSet extends BaseReadOnlyViewSet<typeof ModelCallModel> {
  static {
    this.action('bodies', {
      detail: true,
      summary: 'Get what was asked and answered',
      description: 'Redacted when it was kept; null where the endpoint keeps none.',
      response: CallBodies,
    });
    this.action('summary', {
      detail: false,
      summary: 'Sum the log up',
      description: 'Calls, failures, cost and times of those that match, over at most 31 days and the newest 50,000 of them.',
      query: CallSummaryQuery,
      response: CallSummary,
    });
  }
  readonly model = ModelCallModel;
  override scopeResource: string | undefined = 'calls';
  override tag: string | undefined = 'Model calls';
  override tagDescription: string | undefined = 'Every call of a model: who asked, who answered, tokens, cost and time.';

  async bodies(call: CallRow, ctx: Context): Promise<z.input<typeof CallBodies>> {
    const { tenantId } = requirePrincipal(ctx);
    const found = await ctx.services.database.asTenant(tenantId, (transaction) => bodiesOf(transaction, call.id));
    return { request: found?.request ?? null, response: found?.response ?? null } as z.input<typeof CallBodies>;
  }

  summary(ctx: Context<unknown, z.output<typeof CallSummaryQuery>>): Promise<z.input<typeof CallSummary>> {
    return summarizeCalls(ctx.services.database, requirePrincipal(ctx).tenantId, ctx.query);
  }

  /** The filtered log as a file. */
  export(ctx: Context): RawReply {
    return exportRows(this, ctx);
  }

  getTransferSchema(): z.ZodObject {
    return ModelCall;
  }

  async toTransfer(rows: readonly CallRow[]): Promise<readonly object[]> {
    return rows;
  }

  override getStandardOptions(action: StandardAction): OperationOptions | undefined {
    if (action !== 'export') return super.getStandardOptions(action);
    return { summary: 'Export the log of calls', query: exportQuerySchema(this), produces: Object.values(exportTypes) };
  }
}
