import { z } from 'zod';
import { Timestamp } from '../../kernel/index.ts';

/** Most workflows that are asked about at once: a page of a list. */
export const MAXIMUM_WORKFLOWS = 100;
/** How many of the latest executions the rate is of. */
export const LATEST = 100;
/** How many of them are told one by one. */
export const SHOWN = 12;

export const WorkflowSummaryQuery = z.object({
  ids: z.array(z.uuid()).min(1).max(MAXIMUM_WORKFLOWS).describe('Workflows, separated by commas'),
});

/** What starts a workflow, and how it has gone lately. */
export const WorkflowSummary = z
  .object({
    id: z.uuid(),
    triggers: z
      .array(z.object({ type: z.string(), event_type: z.string().nullable(), has_filter: z.boolean(), is_active: z.boolean() }))
      .describe('Of the published version'),
    subscription: z
      .enum(['active', 'pending'])
      .nullable()
      .describe('Whether all that its triggers ask of others stands; null when they ask for nothing'),
    latest: z
      .array(z.object({ id: z.uuid(), status: z.string(), created_at: Timestamp }))
      .describe(`The latest ${SHOWN} executions, newest first`),
    succeeded: z.int().nonnegative().describe(`Of the latest ${LATEST} executions`),
    failed: z.int().nonnegative().describe('Of the same'),
    next_start: Timestamp.nullable().describe('When the first of those that are delayed starts'),
    latest_version_at: Timestamp.describe('When the latest version was stored'),
  })
  .meta({ id: 'WorkflowSummary' });

export const WorkflowSummaries = z.object({ results: z.array(WorkflowSummary) }).meta({ id: 'WorkflowSummaries' });
