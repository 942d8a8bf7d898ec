import type { z } from 'zod';
import { allow, BaseAPIView, type Context, HasScope, IsAuthenticated, requirePrincipal } from '../../api/index.ts';
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
    const results = await ctx.services.database.asTenant(tenantId, (transaction) => summariesOf(transaction, ctx.query.ids));
    return { results } as z.input<typeof WorkflowSummaries>;
  }
}
