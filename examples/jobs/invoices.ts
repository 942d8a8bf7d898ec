import { enqueue, type JobHandler } from 'automate';
import { ApiRouter, BaseAPIView, type Context, requirePrincipal } from 'automate/api';
import { z } from 'zod';

const Invoice = z.strictObject({ order: z.string().min(1), lines: z.int().min(1).max(1_000) });
const Queued = z.object({ job_id: z.uuid() });

/** Writes an invoice, line by line. */
export const invoices: JobHandler<z.output<typeof Invoice>> = {
  kind: 'shop.invoice',
  async run({ payload: { order, lines } }, context) {
    if (order === 'unknown') return { type: 'failed', error: { code: 'no_order', message: `There is no order "${order}".` } };
    for (let done = 1; done <= lines; done += 1) {
      // Another worker begins anew, so whatever this does has to be the same when it is done twice.
      if (context.signal.aborted || context.isDraining()) return { type: 'released' };
      await new Promise((resolve) => setTimeout(resolve, 20));
      context.progress({ done, total: lines });
    }
    return { type: 'succeeded' };
  },
};

/** Takes an order, and leaves the invoice to a worker. */
export class InvoiceView extends BaseAPIView {
  static {
    this.describe('post', { summary: 'Write an invoice', body: Invoice, response: Queued, status: 202 });
  }
  override scopeResource = 'jobs';

  async post(ctx: Context<z.output<typeof Invoice>>): Promise<z.input<typeof Queued>> {
    const { tenantId } = requirePrincipal(ctx);
    const { database, jobs } = ctx.services;
    const job = { tenantId, kind: invoices.kind, traceId: ctx.traceId, payload: ctx.body };
    const [id] = await database.asTenant(tenantId, (transaction) => enqueue(transaction, [job]));
    jobs.announce();
    return { job_id: id as string };
  }
}

export const router = new ApiRouter().view('shop/invoices', InvoiceView);
