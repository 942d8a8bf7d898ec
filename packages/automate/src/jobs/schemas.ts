import { z } from 'zod';
import { defineModel, filterBy, type JsonObject, Timestamp, TraceId } from '../kernel/index.ts';
import { jobStates } from './job.ts';

/** A batch without any criterion would be one over everything, more likely by mistake than meant. */
export const hasCriterion = (filter: object): boolean => Object.values(filter).some((value) => value !== undefined);
export const NO_CRITERION = 'must hold at least one criterion';

// Written by handlers alone, so it is not walked again.
const Progress = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject, JsonObject>;

/** A piece of asynchronous work. A `failed` one is a dead letter. */
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
    progress: Progress.nullable().describe('How far it is, such as `{"total": 200, "done": 40, "failed": 1}`'),
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

/** One event of a job's stream. */
export const JobUpdate = Job.pick({ id: true, state: true, progress: true, error: true, attempts: true, finished_at: true }).meta(
  {
    id: 'JobUpdate',
  },
);
export type JobUpdate = z.output<typeof JobUpdate>;

export const MAXIMUM_IDS = 1_000;
const Filter = z.strictObject({
  ids: z.array(z.uuid()).min(1).max(MAXIMUM_IDS).optional(),
  kind: z.string().min(1).max(100).optional(),
});
export const JobBatch = z
  .strictObject({
    action: z.enum(['redrive']),
    filter: Filter.refine(hasCriterion, NO_CRITERION).describe('Which of the dead letters; at least one criterion'),
  })
  .meta({ id: 'JobBatch' });
export const BatchStarted = z.object({ job_id: z.uuid() }).meta({ id: 'BatchStarted' });
