import { z } from 'zod';
import { defineStep, StepError, withServices } from '../../engine/index.ts';
import type { Json } from '../../kernel/index.ts';
import { figuresFor } from './figures.ts';
import { ModelNamed } from './llm-chat/schemas.ts';
import { stepCaller } from './step-caller.ts';
import { orStepError } from './step-failure.ts';

const MOST_TEXTS = 2_048;
const Config = z.strictObject({
  model: ModelNamed,
  input: z
    .union([z.string().min(1).max(200_000), z.array(z.string().max(200_000)).min(1).max(MOST_TEXTS)])
    .describe('A text or a list of texts; Liquid. One expression may give the list'),
  dimensions: z.int().min(1).max(100_000).optional().describe('Length of the vectors, where the model can choose'),
});

/** Makes vectors of texts. */
export const llmEmbed = withServices((services) =>
  defineStep({
    type: 'llm.embed',
    description: 'Makes vectors of texts, by which alike texts are found.',
    config: Config,
    fields: { model: 'text', input: 'template' },
    effects: 'other',
    async run({ model, input, dimensions }, context) {
      const { signal, idempotencyKey } = context;
      const request = { model, texts: textsOf(input), signal, idempotencyKey, ...(dimensions !== undefined && { dimensions }) };
      const answer = await orStepError(services().modelCalls.embed(stepCaller(context), request));
      const embeddings = answer.embeddings.map((vector) => [...vector]);
      return { output: { embeddings, dimensions: embeddings[0]?.length ?? 0, ...figuresFor(answer) } };
    },
  }),
);

function textsOf(input: Json): string[] {
  const texts = Array.isArray(input) ? input : [input];
  if (texts.length > 0 && texts.length <= MOST_TEXTS && texts.every((text) => typeof text === 'string' && text !== ''))
    return texts as string[];
  const detail = `"input" has to be a text or a list of 1 to ${MOST_TEXTS} texts, none of them empty.`;
  throw new StepError({ code: 'invalid_input', detail, isRetryable: false });
}
