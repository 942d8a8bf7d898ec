import { z } from 'zod';
import { DateTime, defineModel, filterBy, Timestamp } from '../../kernel/index.ts';

/** Dollars to the billionth, as an exact decimal. */
const Dollars = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be dollars as a decimal with at most nine places, for example "2.50"')
  .nullable();

export const Price = z
  .object({
    id: z.uuid(),
    book: z.string().describe('Vendor as the prices name it, such as `openai`; empty: whoever serves the model'),
    model: z.string(),
    valid_from: Timestamp.describe('The latest that has begun holds'),
    input: Dollars.describe('Dollars for a million tokens that were not cached'),
    cache_read: Dollars.describe('Dollars for a million tokens read from a cache; null: as `input`'),
    cache_write: Dollars.describe('Dollars for a million tokens written to a cache; null: as `input`'),
    output: Dollars.describe('Dollars for a million tokens'),
    reasoning: Dollars.describe('Dollars for a million tokens; null: as `output`'),
    request: Dollars.describe('Dollars for a call'),
    image: Dollars.describe('Dollars for an image'),
    second: Dollars.describe('Dollars for a second of audio or video'),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'ModelPrice' });

export const PriceModel = defineModel({
  app: 'gateway',
  name: 'ModelPrice',
  table: 'gateway.prices',
  schema: Price,
  ordering: ['model', '-model', 'valid_from', '-valid_from', 'id'],
  filters: filterBy(Price, { book: ['exact', 'in'], model: ['exact', 'in', 'contains'], valid_from: ['range'] }),
  searchFields: ['model', 'book'],
});

const PerUse = z.object({
  input: Dollars.optional(),
  cache_read: Dollars.optional(),
  cache_write: Dollars.optional(),
  output: Dollars.optional(),
  reasoning: Dollars.optional(),
  request: Dollars.optional(),
  image: Dollars.optional(),
  second: Dollars.optional(),
});
export const priceFields = PerUse.keyof().options;

export const PriceCreate = z
  .strictObject({
    book: z.string().max(100).default(''),
    model: z.string().min(1).max(200),
    valid_from: DateTime.optional().describe('Default: now'),
    ...PerUse.shape,
  })
  .meta({ id: 'PriceCreate' });
export const PriceUpdate = z.strictObject({ valid_from: DateTime.optional(), ...PerUse.shape }).meta({ id: 'PriceUpdate' });

/** Prices that the catalogue tells at once. */
export const MOST_LISTED = 200;

export const EffectiveQuery = z.object({
  book: z.string().max(100).optional().describe('Vendor; without it, the model tells'),
  model: z.string().min(1).max(200),
});

const Rate = z
  .union([
    z.string(),
    z.object({
      base: z.string(),
      tiers: z.array(z.object({ start: z.int().describe('Tokens of input'), price: z.string() })),
    }),
  ])
  .nullable()
  .describe('Dollars; with tiers, all tokens cost the price of the last one whose start the whole input exceeds');

export const EffectivePrice = z
  .object({
    book: z.string().nullable(),
    model: z.string(),
    source: z.enum(['override', 'seed', 'free', 'unknown']),
    version: z.string().nullable().describe('The price that was set, or which data it is from'),
    rates: z
      .object({
        input: Rate,
        cache_read: Rate,
        cache_write: Rate,
        output: Rate,
        reasoning: Rate,
        request: Rate,
        image: Rate,
        second: Rate,
      })
      .nullable()
      .describe('Tokens by the million; null: no price is known'),
  })
  .meta({ id: 'EffectivePrice' });

export const CatalogueQuery = z.object({
  search: z.string().max(200).optional().describe('Part of the name of a model'),
  book: z.string().max(100).optional().describe('Vendor'),
});

export const PriceCatalogue = z
  .object({
    version: z.string().describe('Which data it is'),
    books: z.array(z.string()).describe('Vendors that it knows'),
    results: z
      .array(EffectivePrice)
      .max(MOST_LISTED)
      .describe('What their models cost now; your own price where you have set one'),
    is_complete: z.boolean().describe('False when more match than are told'),
  })
  .meta({ id: 'PriceCatalogue' });
