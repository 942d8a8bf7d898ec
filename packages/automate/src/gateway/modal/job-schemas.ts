import { z } from 'zod';
import { AnyObject } from '../../engine/index.ts';
import { type JsonObject, Timestamp } from '../../kernel/index.ts';
import { Task } from '../tasks.ts';
import { TaskRequest, TaskResult } from './schemas.ts';

/** What a job of an endpoint is asked for, and who is told of its end. */
export const EndpointJobRequest = z
  .strictObject({
    ...TaskRequest.shape,
    webhook_url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional()
      .describe('Is called once the job has ended'),
    webhook_secret: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        'Name of the secret that signs the call, as Standard Webhooks says; it has to be bound to the host of `webhook_url`',
      ),
  })
  .meta({ id: 'EndpointJobRequest' });

const statuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export const JobStatusName = z.enum(statuses).meta({ id: 'EndpointJobStatusName' });

export const EndpointJobStarted = z.object({ job_id: z.uuid(), status: JobStatusName }).meta({ id: 'EndpointJobStarted' });

/** How a job of an endpoint stands. */
export const EndpointJobStatus = z
  .object({
    job_id: z.uuid(),
    status: JobStatusName,
    endpoint: z.string().describe('Its slug'),
    endpoint_id: z.uuid(),
    task_type: Task,
    progress: (AnyObject as unknown as z.ZodType<JsonObject, JsonObject>).nullable(),
    result: TaskResult.nullable().describe('Null until it has succeeded'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    trace_id: z.string(),
    created_at: Timestamp,
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'EndpointJobStatus' });
export type EndpointJobStatus = z.input<typeof EndpointJobStatus>;
