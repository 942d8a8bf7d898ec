import { z } from 'zod';
import { Timestamp } from '../../kernel/index.ts';

const figures = {
  calls: z.int(),
  input_tokens: z.int().describe('Those of caches included'),
  output_tokens: z.int().describe('Those of reasoning included'),
  avg_latency_ms: z.int().nullable(),
  success_rate: z.number().nullable().describe('From 0 to 1'),
  cost: z.string().nullable().describe('Dollars; null where no price is known'),
  unpriced_calls: z.int().describe('Calls whose price is not known, and which are not in the cost'),
};

export const PromptMetrics = z
  .object({
    daily_stats: z.array(z.object({ date: z.string().describe('`2026-12-31`, in UTC'), ...figures })),
    versions: z.array(z.object({ version: z.int(), ...figures })).describe('The same days by version'),
    recent_failures: z.array(
      z.object({
        call_id: z.uuid(),
        created_at: Timestamp,
        version: z.int().nullable(),
        model: z.string(),
        error_code: z.string().nullable(),
        error: z.string().nullable(),
        latency_ms: z.int(),
        trace_id: z.string(),
      }),
    ),
  })
  .meta({ id: 'PromptMetrics' });

export const PromptMetricsQuery = z.object({
  days: z.int().min(1).max(366).optional().describe('How many days back. Default 30'),
  version: z.int().min(1).max(2_147_483_647).optional().describe('Only calls of it by day, and only its failures'),
});
