import { z } from 'zod';
import { AnyObject } from '../../engine/index.ts';
import type { JsonObject } from '../../kernel/index.ts';
import { Task } from '../tasks.ts';

const PlainObject = AnyObject as unknown as z.ZodType<JsonObject, JsonObject>;

/** What an endpoint is asked for. */
export const TaskRequest = z
  .strictObject({
    task_type: Task.optional().describe('One of the endpoint; by default its first'),
    input: PlainObject.describe('What the task is done with; which fields there are, its type says'),
    params: PlainObject.optional().describe('How it is done; which fields there are, its type says'),
  })
  .meta({ id: 'TaskRequest' });
export type TaskRequest = z.output<typeof TaskRequest>;

export const TaskUsage = z
  .object({
    input_tokens: z.int(),
    cache_read_tokens: z.int(),
    cache_write_tokens: z.int(),
    output_tokens: z.int(),
    reasoning_tokens: z.int(),
    cost_usd: z.string().nullable().describe('Dollars in decimal digits; null where no price is known'),
    call_ids: z.array(z.string()).describe('Of the log of calls'),
  })
  .meta({ id: 'TaskUsage' });

export const TaskArtifact = z
  .object({
    id: z.uuid(),
    name: z.string(),
    content_type: z.string(),
    bytes: z.int(),
    sha256: z.string(),
  })
  .meta({ id: 'TaskArtifact' });

/** What came of it. */
export const TaskResult = z
  .object({
    task_type: Task,
    outputs: PlainObject.describe('What was made; which fields there are, the type of the task says'),
    artifacts: z.array(TaskArtifact).describe('Files that were made; their bytes are at `/api/modal/artifacts/{id}/download/`'),
    usage: TaskUsage,
    trace_id: z.string(),
  })
  .meta({ id: 'TaskResult' });
export type TaskResult = z.output<typeof TaskResult>;
