import { z } from 'zod';
import { defineModel, filterBy, Timestamp, TraceId } from '../kernel/index.ts';

export const jobStates = ['blocked', 'queued', 'scheduled', 'running', 'succeeded', 'failed', 'cancelled'] as const;

/** A piece of asynchronous work: an execution of a workflow, for example. A `failed` one is a dead letter. */
export const Job = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    state: z.enum(jobStates),
    priority: z.int(),
    attempts: z.int().describe('Claims since the job last made progress'),
    max_attempts: z.int(),
    run_at: Timestamp,
    trace_id: z.string(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'Job' });

export const JobModel = defineModel({
  app: 'jobs',
  name: 'Job',
  table: 'jobs',
  schema: Job,
  ordering: ['-id', 'id'],
  filters: {
    ...filterBy(Job, { kind: ['exact', 'in'], state: ['exact', 'in'], created_at: ['range'] }),
    trace_id: { column: 'trace_id', operator: 'exact', schema: TraceId },
  },
});
