import type { Queryable } from '../../db/index.ts';
import type { Rates } from './rates.ts';

/** A price that a tenant has set, in force from a moment on. */
export interface OverridePrice {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly rates: Rates;
}

/** By {@link priceKey}; the latest first. */
export type Overrides = ReadonlyMap<string, readonly OverridePrice[]>;

interface PriceRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly book: string;
  readonly model: string;
  readonly valid_from: string;
  readonly input: string | null;
  readonly cache_read: string | null;
  readonly cache_write: string | null;
  readonly output: string | null;
  readonly reasoning: string | null;
  readonly request: string | null;
  readonly image: string | null;
  readonly second: string | null;
}

/** Most prices of a tenant that are looked at, the newest first. */
const MAXIMUM_PRICES = 20_000;

export async function findOverrides(db: Queryable, tenantIds: readonly string[]): Promise<Map<string, Overrides>> {
  const { rows } = await db.query<PriceRow>(
    `select found.* from unnest($1::uuid[]) as wanted (id)
     cross join lateral (
       select id, tenant_id, book, model, valid_from, input, cache_read, cache_write, output, reasoning, request, image, second
       from gateway.prices where tenant_id = wanted.id order by valid_from desc limit ${MAXIMUM_PRICES}
     ) as found`,
    [tenantIds],
  );
  const found = new Map<string, Map<string, OverridePrice[]>>();
  for (const row of rows) {
    const own = found.get(row.tenant_id) ?? new Map<string, OverridePrice[]>();
    found.set(row.tenant_id, own);
    const key = priceKey(row.book, row.model);
    const price = { id: row.id, from: Date.parse(row.valid_from), rates: toRates(row) };
    const list = own.get(key);
    if (list) list.push(price);
    else own.set(key, [price]);
  }
  return found;
}

/** Models are told apart as vendors do: whatever their case. */
export function priceKey(book: string, model: string): string {
  return `${book.toLowerCase()}\n${model.toLowerCase()}`;
}

/** Dollars for a million tokens are thousands of nano-dollars for one. */
function toRates(row: PriceRow): Rates {
  const times = (dollars: string | null, nanos: number) => (dollars === null ? null : Number(dollars) * nanos);
  return {
    input: times(row.input, 1e3),
    cacheRead: times(row.cache_read, 1e3),
    cacheWrite: times(row.cache_write, 1e3),
    output: times(row.output, 1e3),
    reasoning: times(row.reasoning, 1e3),
    request: times(row.request, 1e9),
    image: times(row.image, 1e9),
    second: times(row.second, 1e9),
  };
}
