import { z } from 'zod';
import { Timestamp } from '../../kernel/index.ts';
import { runStatuses } from './runs/schemas.ts';

/** Most prompts that are asked about at once: a page of a list. */
const MAXIMUM_PROMPTS = 100;
/** Days whose calls are counted, today included. */
export const SUMMARY_DAYS = 7;

export const PromptSummaryQuery = z.object({
  ids: z.array(z.uuid()).min(1).max(MAXIMUM_PROMPTS).describe('Prompts, separated by commas'),
});

/** What is in force of a prompt, and how it does. */
export const PromptSummary = z
  .object({
    id: z.uuid(),
    labels: z.array(
      z.object({ name: z.string(), variants: z.array(z.object({ version: z.int(), weight: z.number() })) }).describe('By name'),
    ),
    latest_run: z
      .object({
        id: z.uuid(),
        version: z.int(),
        status: z.enum(runStatuses),
        total: z.int(),
        finished: z.int(),
        passed: z.int(),
        created_at: Timestamp,
      })
      .nullable(),
    calls: z.int().describe(`Of the last ${SUMMARY_DAYS} days, in UTC`),
    cost: z.string().nullable().describe('Of these calls in dollars; null where no price is known'),
    unpriced_calls: z.int().describe('Calls whose price is not known, and which are not in the cost'),
  })
  .meta({ id: 'PromptSummary' });

export const PromptSummaries = z.object({ results: z.array(PromptSummary) }).meta({ id: 'PromptSummaries' });
