import type { z } from 'zod';
import { BaseAPIView, type Context, requirePrincipal } from '../../api/index.ts';
import './services.ts';
import '../prices/services.ts';
import { findUnpriced } from './spend.store.ts';
import { spendOf } from './spend.ts';
import { Spend, SpendQuery, UnpricedModels } from './spend-schemas.ts';

const TAG = 'Prices and budgets';
const MONTH = 30 * 86_400_000;

/** What models cost over time. */
export class SpendView extends BaseAPIView {
  static {
    this.describe('get', {
      summary: 'Sum up what calls cost',
      description:
        'By hour up to three days, else by day; at most 366 days. Calls whose price is not known are counted, and not in the cost.',
      query: SpendQuery,
      response: Spend,
    });
  }
  override scopeResource: string | undefined = 'calls';
  override tag: string | undefined = TAG;

  get(ctx: Context<unknown, z.output<typeof SpendQuery>>): Promise<z.input<typeof Spend>> {
    return spendOf(ctx.services.database, requirePrincipal(ctx).tenantId, ctx.query);
  }
}

/** What has to be priced before it can be told what it costs. */
export class UnpricedModelsView extends BaseAPIView {
  static {
    this.describe('get', {
      summary: 'List models that were used without a known price',
      description: 'In the last 30 days, and still without a price; the most used first.',
      response: UnpricedModels,
    });
  }
  override scopeResource: string | undefined = 'calls';
  override tag: string | undefined = TAG;

  async get(ctx: Context): Promise<z.input<typeof UnpricedModels>> {
    const { tenantId } = requirePrincipal(ctx);
    const { database, modelPrices, calls } = ctx.services;
    await modelPrices.warm(tenantId);
    const since = new Date(Date.now() - MONTH).toISOString();
    const rows = await database.asTenant(tenantId, (transaction) => findUnpriced(transaction, tenantId, since));
    const results = rows.flatMap(({ kind, tokens, ...row }) => {
      const book = kind === null ? undefined : calls.kinds.get(kind)?.priceBook;
      const isPriced = modelPrices.effective({ tenantId, book, model: row.model }) !== undefined;
      return isPriced ? [] : [{ ...row, book: book ?? null, tokens: Number(tokens) }];
    });
    return { results };
  }
}
