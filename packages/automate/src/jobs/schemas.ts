import { z } from 'zod';
import { defineModel, filterBy, type JsonObject, memberFilter, Timestamp, TraceId } from '../kernel/index.ts';
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
    lane: z.string().describe('What it takes turns in: the id of the tenant, unless it was made for another lane'),
    state: z.enum(jobStates),
    priority: z.int(),
    attempts: z.int().describe('Claims since the job last made progress'),
    max_attempts: z.int(),
    run_at: Timestamp,
    trace_id: z.string(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    progress: Progress.nullable().describe(
      'How far it is, such as `{"total": 200, "done": 40, "failed": 1}`; of a batch with `failures`, the first that failed and why',
    ),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'Job' });

/** Of a failure. */
export const ErrorCode = z
  .string()
  .regex(/^[\w.-]{1,100}$/, 'must be a code such as `job_error`')
  .describe('Code of its error');

export const JobModel = defineModel({
  app: 'jobs',
  name: 'Job',
  table: 'jobs',
  schema: Job,
  ordering: ['-id', 'id'],
  filters: {
    ...filterBy(Job, { id: ['in'], kind: ['exact', 'in'], state: ['exact', 'in'], created_at: ['range'] }),
    trace_id: { column: 'trace_id', operator: 'exact', schema: TraceId },
    error_code: memberFilter('error', 'code', ErrorCode),
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
  error_code: ErrorCode.optional(),
  trace_id: TraceId.optional(),
});
export const JobBatch = z
  .strictObject({
    action: z.enum(['redrive', 'cancel']),
    filter: Filter.refine(hasCriterion, NO_CRITERION).describe(
      'Which of the dead letters, or of the jobs that have not ended; at least one criterion',
    ),
  })
  .meta({ id: 'JobBatch' });
export const BatchStarted = z.object({ job_id: z.uuid() }).meta({ id: 'BatchStarted' });

/** Dead letters that share a reason. */
export const DeadLetterGroup = z
  .object({
    kind: z.string(),
    code: z.string(),
    message: z.string().describe('Of the newest of them'),
    count: z.int(),
    newest_id: z.uuid(),
    first_at: Timestamp.nullable(),
    last_at: Timestamp.nullable(),
  })
  .meta({ id: 'DeadLetterGroup' });
export type DeadLetterGroup = z.output<typeof DeadLetterGroup>;
export const DeadLetters = z
  .object({
    groups: z.array(DeadLetterGroup).describe('The largest first'),
    is_partial: z.boolean().describe('There are more than 10,000 dead letters: those of the newest are counted'),
  })
  .meta({ id: 'DeadLetters' });

/** One event of a list's stream: rows were made, or have changed. */
export const ListChanges = z
  .object({ ids: z.array(z.uuid()).describe('Those that changed, as far as they are known; what is new is not among them') })
  .meta({ id: 'ListChanges' });
