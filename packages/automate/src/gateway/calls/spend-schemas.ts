import { z } from 'zod';
import { DateTime, Timestamp } from '../../kernel/index.ts';

/** What spend is told by. */
export const spendBy = ['endpoint', 'provider', 'model', 'api_key', 'prompt'] as const;
export type SpendBy = (typeof spendBy)[number];

export const SpendQuery = z.object({
  since: DateTime.optional().describe('Default: 30 days before `until`'),
  until: DateTime.optional().describe('Default: now'),
  by: z.enum(spendBy).default('endpoint').describe('What the groups are'),
  limit: z.int().min(1).max(50).default(8).describe('Groups of their own, those that cost most; what is left is one more'),
});

const Count = z.int().min(0);
const figures = {
  calls: Count,
  tokens: Count.describe('Of all classes'),
  cost_nanos: Count.describe('Billionths of a dollar, of the calls whose price is known'),
  unpriced_calls: Count.describe('Calls that used something whose price is not known, and which are not in the cost'),
};
const costs = z.array(Count).describe('Cost in each step');

const SpendGroup = z
  .object({
    key: z.string().nullable().describe('Slug, model or id; null: calls that have none'),
    name: z.string().nullable().describe('How people call it, where that is known'),
    ...figures,
    costs,
  })
  .meta({ id: 'SpendGroup' });

export const Spend = z
  .object({
    since: Timestamp,
    until: Timestamp,
    by: z.enum(spendBy),
    step: z.enum(['hour', 'day']).describe('In UTC'),
    steps: z.array(Timestamp).describe('When each begins'),
    total: z.object(figures),
    groups: z.array(SpendGroup).describe('What costs most first'),
    rest: z
      .object({ groups: Count, ...figures, costs })
      .nullable()
      .describe('All other groups; null: there are none'),
  })
  .meta({ id: 'Spend' });

export const UnpricedModels = z
  .object({
    results: z.array(
      z.object({
        provider: z.string().nullable(),
        model: z.string(),
        book: z.string().nullable().describe('Vendor whose prices hold for it'),
        calls: Count,
        tokens: Count,
        last_used_at: Timestamp,
      }),
    ),
  })
  .meta({ id: 'UnpricedModels' });
