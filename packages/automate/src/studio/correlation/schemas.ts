import { z } from 'zod';
import { AnyJson, ExecutionDetail, verdictNotes } from '../../engine/index.ts';
import { AuditModel } from '../../governance/index.ts';
import { JobModel } from '../../jobs/index.ts';
import { Timestamp } from '../../kernel/index.ts';

/** What a trigger whose event type fits decided, with the value of every operand of its rule. */
export const Verdict = z
  .object({
    trigger_id: z.uuid(),
    workflow_id: z.uuid(),
    workflow_name: z.string(),
    event_type: z.string().nullable(),
    match: z.boolean(),
    error: z.string().nullable(),
    execution_id: z.uuid().nullable(),
    note: z.enum(verdictNotes).nullable().describe('Why a match has started nothing, or not yet'),
    filter: AnyJson.nullable(),
    explain: AnyJson.nullable().describe('Operators and operands as a tree; null when the trigger has no rule'),
    decided_at: Timestamp,
  })
  .meta({ id: 'Verdict' });

export const CorrelatedEvent = z
  .object({
    id: z.uuid(),
    event_type: z.string(),
    source: z.string(),
    payload: AnyJson,
    occurred_at: Timestamp,
    received_at: Timestamp,
    is_dispatched: z.boolean(),
    verdicts: z.array(Verdict),
  })
  .meta({ id: 'CorrelatedEvent' });

/** With its first steps; those behind are in `/api/v1/executions/{id}/steps/`. */
export const CorrelatedExecution = ExecutionDetail.omit({ steps_next: true, workflow: true })
  .extend({ workflow_name: z.string() })
  .meta({ id: 'CorrelatedExecution' });

/** Everything that one cause did. */
export const Correlation = z
  .object({
    trace_id: z.string(),
    events: z.array(CorrelatedEvent),
    executions: z.array(CorrelatedExecution),
    jobs: z
      .array(JobModel.schema)
      .nullable()
      .describe('Those of executions included, which have their ids; null without `jobs:read`'),
    audit: z.array(AuditModel.schema).nullable().describe('What was recorded under the trace; null without `audit:read`'),
    is_truncated: z.boolean(),
  })
  .meta({ id: 'Correlation' });
export type Correlation = z.output<typeof Correlation>;
