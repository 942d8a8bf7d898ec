import type { z } from 'zod';
import { BaseModelViewSet, type Context, requirePrincipal, type StandardAction } from '../../api/index.ts';
import { AuditedMixin } from '../../governance/index.ts';
import { invalidInput, type Row, type Scope } from '../../kernel/index.ts';
import './services.ts';
import type { Prices, PriceTarget } from './prices.ts';
import type { Rate } from './rates.ts';
import {
  CatalogueQuery,
  EffectivePrice,
  EffectiveQuery,
  MOST_LISTED,
  PriceCatalogue,
  PriceCreate,
  PriceModel,
  PriceUpdate,
  priceFields,
} from './schemas.ts';
import { BOOKS, SEED_VERSION } from './seed.ts';

type PriceRow = Row<typeof PriceModel>;

/** Prices that a tenant has agreed on, instead of the public ones. */
export class PriceViewSet extends AuditedMixin(BaseModelViewSet<typeof PriceModel>) {
  static {
    this.action('effective', {
      detail: false,
      summary: 'Get what a model costs now',
      description: 'Your own price where there is one, else the public one that came with the product.',
      query: EffectiveQuery,
      response: EffectivePrice,
    });
    this.action('catalogue', {
      detail: false,
      summary: 'List what models cost',
      description: `Public prices that came with the product, and your own in their place; at most ${MOST_LISTED} that match.`,
      query: CatalogueQuery,
      response: PriceCatalogue,
    });
  }
  readonly model = PriceModel;
  readonly createSchema = PriceCreate;
  override updateSchema: z.ZodObject = PriceUpdate;
  override scopeResource: string | undefined = 'prices';
  override excludedActions: readonly StandardAction[] = ['export', 'import'];
  override tag: string | undefined = 'Prices and budgets';
  override tagDescription: string | undefined = 'What models cost, and what may be spent on them.';

  override async performCreate(values: Partial<PriceRow>, ctx: Context, scope: Scope): Promise<PriceRow> {
    requireSome(values);
    const row = (await super.performCreate(values, ctx, scope)) as PriceRow;
    await announce(ctx, scope);
    return row;
  }

  override async performUpdate(row: PriceRow, values: Partial<PriceRow>, ctx: Context, scope: Scope): Promise<PriceRow> {
    requireSome({ ...row, ...values });
    const changed = (await super.performUpdate(row, values, ctx, scope)) as PriceRow;
    await announce(ctx, scope);
    return changed;
  }

  override async performDestroy(row: PriceRow, ctx: Context, scope: Scope): Promise<void> {
    await super.performDestroy(row, ctx, scope);
    await announce(ctx, scope);
  }

  async effective(ctx: Context<unknown, z.output<typeof EffectiveQuery>>): Promise<z.input<typeof EffectivePrice>> {
    const { modelPrices } = ctx.services;
    const { tenantId } = requirePrincipal(ctx);
    const { book, model } = ctx.query;
    await modelPrices.warm(tenantId);
    return shownPrice(modelPrices, { tenantId, book, model });
  }

  async catalogue(ctx: Context<unknown, z.output<typeof CatalogueQuery>>): Promise<z.input<typeof PriceCatalogue>> {
    const { modelPrices } = ctx.services;
    const { tenantId } = requirePrincipal(ctx);
    const { search = '', book: only } = ctx.query;
    await modelPrices.warm(tenantId);
    const wanted = search.toLowerCase();
    const books = BOOKS.filter((book) => modelPrices.seeded(book).length > 0);
    const results: z.input<typeof EffectivePrice>[] = [];
    for (const book of books.filter((each) => only === undefined || each === only))
      for (const model of modelPrices.seeded(book)) {
        if (results.length > MOST_LISTED || !model.toLowerCase().includes(wanted)) continue;
        const price = shownPrice(modelPrices, { tenantId, book, model });
        // Some names stand for a family that nobody can ask for by it.
        if (price.rates) results.push(price);
      }
    return { version: SEED_VERSION, books, results: results.slice(0, MOST_LISTED), is_complete: results.length <= MOST_LISTED };
  }
}

function shownPrice(modelPrices: Prices, target: PriceTarget): z.input<typeof EffectivePrice> {
  const { book, model } = target;
  const price = modelPrices.effective(target);
  if (!price) return { book: book ?? null, model, source: 'unknown', version: null, rates: null };
  const { input, cacheRead, cacheWrite, output, reasoning, request, image, second } = price.rates;
  return {
    book: book ?? null,
    model,
    source: price.source,
    version: price.version,
    rates: {
      input: dollars(input, 1e3),
      cache_read: dollars(cacheRead ?? input, 1e3),
      cache_write: dollars(cacheWrite ?? input, 1e3),
      output: dollars(output, 1e3),
      reasoning: dollars(reasoning ?? output, 1e3),
      request: dollars(request, 1e9),
      image: dollars(image, 1e9),
      second: dollars(second, 1e9),
    },
  };
}

function announce(ctx: Context, { tenantId }: Scope): Promise<void> {
  return ctx.services.modelPrices.announce(tenantId);
}

/** A price that says nothing would make what is known unknown. */
function requireSome(values: Partial<PriceRow>): void {
  if (priceFields.some((field) => values[field] !== undefined && values[field] !== null)) return;
  throw invalidInput([{ pointer: '', code: 'required', message: `needs at least one of ${priceFields.join(', ')}` }]);
}

/** @param nanos how many of a unit's nano-dollars are a dollar of what is shown */
function dollars(rate: Rate | null, nanos: number) {
  const shown = (price: number) => (price / nanos).toFixed(9).replace(/(\.\d\d\d*?)0+$/, '$1');
  if (rate === null) return null;
  if (typeof rate === 'number') return shown(rate);
  return { base: shown(rate.base), tiers: rate.tiers.map(({ start, price }) => ({ start, price: shown(price) })) };
}
