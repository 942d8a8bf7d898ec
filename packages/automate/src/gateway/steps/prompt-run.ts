import { z } from 'zod';
import { AnyObject, defineStep, type StepContext, StepError, VersionNumber, withServices } from '../../engine/index.ts';
import type { JsonObject } from '../../kernel/index.ts';
import type { Prompts } from '../prompts/prompts.ts';
import { LabelName } from '../prompts/schemas.ts';
import { outputOf } from './answer.ts';
import { stepCaller } from './step-caller.ts';
import { orStepError } from './step-failure.ts';

const Config = z
  .strictObject({
    prompt: z.string().min(1).max(100).describe('Slug of the prompt'),
    label: LabelName.optional().describe('Default: production'),
    version: VersionNumber.optional().describe('In place of a label'),
    variables: z
      .union([z.string().min(1).max(8_192), AnyObject])
      .default({})
      .describe('What the prompt is filled in with; texts are Liquid. One expression may give all of them'),
    model: z.string().min(1).max(300).optional().describe("In place of the version's; a Liquid text"),
    sticky_key: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe('Who gets the same version of several each time, such as a customer; a Liquid text. Default: the execution'),
  })
  .refine(({ label, version }) => label === undefined || version === undefined, {
    path: ['label'],
    message: 'cannot be given together with a version',
  });

/** Asks a model what a stored prompt says. Which version was meant is decided when the step runs. */
export const promptRun = withServices((services) =>
  defineStep({
    type: 'prompt.run',
    description: 'Asks a model what a stored prompt says.',
    config: Config,
    fields: { variables: 'template', model: 'text', sticky_key: 'text' },
    effects: 'other',
    async run(input, context) {
      const { prompt: slug, label, version, sticky_key } = input;
      const { prompts, modelCalls } = services();
      const found = { slug, label, version, stickyKey: sticky_key };
      const { prompt, options } = await orStepError(rendered(prompts, found, input.variables, context));
      const model = input.model ?? prompt.model;
      if (model === null)
        throw refused(`Version ${prompt.version} of the prompt "${slug}" names no model: say one with "model".`);
      const { signal, idempotencyKey } = context;
      const request = { model, options, signal, idempotencyKey, prompt: { id: prompt.id, version: prompt.version } };
      const answer = await orStepError(modelCalls.chat(stepCaller(context), request));
      const format = prompt.content.response_format;
      const output = outputOf(answer, format?.type === 'json' ? (format.schema as JsonObject | undefined) : null);
      return { output: { ...output, prompt: { slug: prompt.slug, version: prompt.version, label: prompt.label } } };
    },
  }),
);

interface Wanted {
  readonly slug: string;
  readonly label: string | undefined;
  readonly version: number | undefined;
  readonly stickyKey: string | undefined;
}

async function rendered({ resolve }: Prompts, wanted: Wanted, variables: unknown, { tenantId, executionId }: StepContext) {
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables))
    throw refused('"variables" have to be an object.');
  const holder = wanted.stickyKey ?? executionId;
  const prompt = await resolve({ ...wanted, tenantId, caller: `execution:${executionId}`, stickyKey: holder, holder });
  return { prompt, options: prompt.options(variables as JsonObject) };
}

function refused(detail: string): StepError {
  return new StepError({ code: 'invalid_input', detail, isRetryable: false });
}
