import { z } from 'zod';
import { defineTask } from '../task-type.ts';

/** Texts as vectors. */
export const embedTask = defineTask({
  task: 'llm.embed',
  summary: 'Turns texts into vectors',
  input: z
    .strictObject({
      text: z.string().min(1).max(1_000_000).optional().describe('One text, in place of `texts`'),
      texts: z.array(z.string().min(1).max(1_000_000)).min(1).max(2_048).optional(),
    })
    .refine(({ text, texts }) => (text === undefined) !== (texts === undefined), 'must have either text or texts'),
  params: z.strictObject({ dimensions: z.int().min(1).max(65_536).optional().describe('Of each vector, where the model can') }),
  async run({ services, caller, endpoint, signal }, { input: { text, texts = [text ?? ''] }, params: { dimensions } }) {
    const made = await services.modelCalls.embed(caller, {
      model: endpoint.slug,
      texts,
      signal,
      ...(dimensions !== undefined && { dimensions }),
    });
    const embeddings = made.embeddings.map((vector) => [...vector]);
    return {
      outputs: { embeddings, dimensions: embeddings[0]?.length ?? 0 },
      usage: made.usage,
      costNanos: made.costNanos,
      callIds: [made.callId],
    };
  },
});
