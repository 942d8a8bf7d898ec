import { z } from 'zod';
import { AnyObject, defineStep, StepError, withServices } from '../../engine/index.ts';
import { type Json, type JsonObject, toStorableJson } from '../../kernel/index.ts';
import { runTask } from '../modal/run-task.ts';
import '../modal/services.ts';
import { Task } from '../tasks.ts';
import { stepCaller } from './step-caller.ts';
import { orStepError } from './step-failure.ts';

const Values = z.union([z.string().min(1).max(8_192), AnyObject]);
const Config = z.strictObject({
  endpoint: z.string().min(1).max(300).describe('Slug, id or alias; a Liquid text'),
  task_type: Task.optional().describe('One of the endpoint. Default: its first'),
  input: Values.describe('What the task is done with; texts are Liquid. One expression may give all of it'),
  params: Values.optional().describe('How it is done; texts are Liquid. One expression may give all of it'),
});

/** Has an endpoint do any of its tasks. What is made is kept as artifacts, which the output names. */
export const modalRun = withServices((services) =>
  defineStep({
    type: 'modal.run',
    description: 'Has an endpoint do one of its tasks: words, vectors, speech, pictures, recordings.',
    config: Config,
    fields: { endpoint: 'text', input: 'template', params: 'template' },
    effects: 'other',
    async run({ endpoint, input, params }, context, { task_type }) {
      const request = {
        ...(task_type !== undefined && { task_type }),
        input: objectOf('input', input),
        ...(params !== undefined && { params: objectOf('params', params) }),
      };
      const asked = { caller: stepCaller(context), endpoint, request, signal: context.signal };
      const { trace_id: _, usage, ...result } = await orStepError(runTask(services().taskServices, asked));
      const { cost_usd, call_ids, ...tokens } = usage;
      return { output: toStorableJson({ ...result, usage: tokens, cost_usd, call_ids } as unknown as Json) };
    },
  }),
);

function objectOf(name: string, value: Json): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new StepError({ code: 'invalid_input', detail: `"${name}" has to be an object.`, isRetryable: false });
}
