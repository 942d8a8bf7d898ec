import type { Db } from '../../db/index.ts';
import type { Logger } from '../../kernel/index.ts';
import { noUsage, type Usage } from '../usage/usage.ts';
import { findOverrides, type Overrides, priceKey } from './price.store.ts';
import { costOf, FREE, type Measured, type Rates } from './rates.ts';
import { loadSeed, SEED_VERSION, type Seed } from './seed.ts';
import { createTenantCache } from './tenant-cache.ts';

/** Whose price of what is asked for. */
export interface PriceTarget {
  readonly tenantId: string;
  /** Vendor whose prices hold; undefined: it is told by the model; `free`: it costs nothing. */
  readonly book: string | undefined;
  readonly model: string;
}

/** What a model costs at a moment, and where that is known from. */
export interface EffectivePrice {
  readonly source: 'override' | 'seed' | 'free';
  /** The row that says so, or the version of the seed. */
  readonly version: string;
  readonly rates: Rates;
}

/** What calls cost. */
export interface Prices {
  /** Nano-dollars, at once; null where no price is known, or the tenant was not warm. */
  cost(target: PriceTarget, usage: Usage, measured?: Measured): number | null;
  /** The same for tokens that are expected. */
  estimate(target: PriceTarget, tokens: { readonly input: number; readonly output: number }, measured?: Measured): number | null;
  /** Reads what a tenant has set, unless it is known: to be awaited before the others are asked. */
  warm(tenantId: string): Promise<void> | undefined;
  /** Undefined where no price is known. */
  effective(target: PriceTarget): EffectivePrice | undefined;
  /** Models whose public price is known, by vendor; none before a tenant was warm. */
  seeded(book: string): readonly string[];
  /** Says that the prices of a tenant have changed, to every process. */
  announce(tenantId: string): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** The one book in which everything is free: what runs on this machine. */
const FREE_BOOK = 'free';
/** A price of a tenant for whoever serves the model. */
const ANY_BOOK = '';

export function createPrices({ db, logger }: { db: Db; logger: Logger }): Prices {
  const cache = createTenantCache<Overrides>({
    db,
    logger,
    channel: 'automate_gateway_prices',
    what: 'prices of models',
    load: (tenantIds) => findOverrides(db, tenantIds),
    nothing: new Map(),
  });
  let seed: Seed | undefined;
  let loading: Promise<Seed> | undefined;

  function effective({ tenantId, book, model }: PriceTarget): EffectivePrice | undefined {
    const overrides = cache.current(tenantId) ?? cache.last(tenantId);
    if (!overrides || !seed) return undefined;
    const now = Date.now();
    // Who gives a model away says nothing of who sells it.
    for (const key of [book ?? ANY_BOOK, book === FREE_BOOK ? FREE_BOOK : ANY_BOOK].map((own) => priceKey(own, model))) {
      const own = overrides.get(key)?.find(({ from }) => from <= now);
      if (own) return { source: 'override', version: own.id, rates: own.rates };
    }
    if (book === FREE_BOOK) return { source: 'free', version: FREE_BOOK, rates: FREE };
    const ratesAt = seed.ratesOf(book, model);
    return ratesAt ? { source: 'seed', version: SEED_VERSION, rates: ratesAt(now) } : undefined;
  }

  function cost(target: PriceTarget, usage: Usage, measured?: Measured): number | null {
    const price = effective(target);
    return price ? costOf(price.rates, usage, measured) : null;
  }

  return {
    effective,
    cost,
    estimate(target, { input, output }, measured) {
      // Pictures and sounds are paid by the piece or by the second, or else by the token.
      const byMeasure = measured && cost(target, noUsage, measured);
      return byMeasure ?? cost(target, { input, output, cacheRead: 0, cacheWrite: 0, reasoning: 0 });
    },
    warm(tenantId) {
      if (seed && cache.current(tenantId)) return undefined;
      loading ??= loadSeed().then((loaded) => {
        seed = loaded;
        return loaded;
      });
      return Promise.all([loading, cache.warm(tenantId)]).then(() => undefined);
    },
    seeded: (book) => seed?.modelsOf(book) ?? [],
    announce: cache.announce,
    start: cache.start,
    close: cache.close,
  };
}
