import type { z } from 'zod';
import { allow, BaseAPIView, type Context, HasScope, IsAuthenticated, requirePrincipal } from '../../api/index.ts';
import { delayedUntil } from '../../jobs/index.ts';
import { WorkflowSummaries, WorkflowSummaryQuery } from './schemas.ts';
import { summariesOf } from './summary.store.ts';

/** What a list of workflows shows beside their names. */
export class WorkflowSummaryView extends BaseAPIView {
  static {
    this.describe('get', {
      summary: 'Get what starts workflows, and how they went lately',
      query: WorkflowSummaryQuery,
      response: WorkflowSummaries,
      scope: 'studio:read',
    });
  }
  override scopeResource = 'studio';
  override tag: string | undefined = 'Workflows';
  override permissions = allow(IsAuthenticated, HasScope('workflows:read'), HasScope('executions:read'));

  async get(ctx: Context<unknown, z.output<typeof WorkflowSummaryQuery>>): Promise<z.input<typeof WorkflowSummaries>> {
    const { tenantId } = requirePrincipal(ctx);
    const results = await ctx.services.database.asTenant(tenantId, async (transaction) => {
      const rows = await summariesOf(transaction, ctx.query.ids);
      const starts = await delayedUntil(
        transaction,
        rows.flatMap(({ queued }) => queued),
      );
      return rows.map(({ queued, ...row }) => ({ ...row, next_start: earliest(queued.flatMap((id) => starts.get(id) ?? [])) }));
    });
    return { results } as z.input<typeof WorkflowSummaries>;
  }
}

function earliest(times: readonly string[]): string | null {
  return times.toSorted((left, right) => Date.parse(left) - Date.parse(right))[0] ?? null;
}
