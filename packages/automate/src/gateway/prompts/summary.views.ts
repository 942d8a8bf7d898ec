import type { z } from 'zod';
import { allow, BaseAPIView, type Context, HasScope, IsAuthenticated, requirePrincipal } from '../../api/index.ts';
import { summariesOf } from './summary.store.ts';
import { PromptSummaries, PromptSummaryQuery, SUMMARY_DAYS } from './summary-schemas.ts';
import { usdOf } from './usd.ts';

/** What a list of prompts shows beside their names. */
export class PromptSummaryView extends BaseAPIView {
  static {
    this.describe('get', {
      summary: 'Get what is in force of prompts, and how they do',
      query: PromptSummaryQuery,
      response: PromptSummaries,
      scope: 'prompts:read',
    });
  }
  override scopeResource = 'prompts';
  override tag: string | undefined = 'Prompts';
  override permissions = allow(IsAuthenticated, HasScope('calls:read'));

  async get(ctx: Context<unknown, z.output<typeof PromptSummaryQuery>>): Promise<z.input<typeof PromptSummaries>> {
    const { tenantId } = requirePrincipal(ctx);
    const rows = await ctx.services.database.asTenant(tenantId, (transaction) =>
      summariesOf(transaction, ctx.query.ids, SUMMARY_DAYS),
    );
    return {
      results: rows.map(({ cost_nanos: nanos, unpriced, latest_run: run, ...row }) => ({
        ...row,
        // As JSON of the database it is a text that is not quite a timestamp of the API.
        latest_run: run && { ...run, created_at: new Date(run.created_at).toISOString() },
        cost: usdOf(nanos === null ? null : BigInt(nanos)),
        unpriced_calls: unpriced,
      })),
    };
  }
}
