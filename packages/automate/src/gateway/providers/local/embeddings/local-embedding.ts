import type { EmbeddingModelV4 } from '@ai-sdk/provider';
import { invalidInput } from '../../../../kernel/index.ts';
import { gatewayErrors } from '../../../errors.ts';
import { createKeptThread } from '../threads/kept-thread.ts';

const MAXIMUM_TEXTS = 256;
const MAXIMUM_CHARACTERS = 8_000;
const DIMENSIONS = 512;
const isSource = import.meta.url.endsWith('.ts');

/** The one thread of this process that holds the model. */
export const embeddingThread = createKeptThread<readonly string[], { embeddings: number[][]; tokens: number }>({
  what: 'The embedding model',
  file: new URL(isSource ? './embeddings-thread.ts' : './embeddings-thread.js', import.meta.url),
  fault: (message) => gatewayErrors.provider_failed(`The embedding model has failed: ${message}.`),
});

/** Embeds in 512 dimensions; vectors have a length of about 1. */
export function createLocalEmbedding(modelId: string): EmbeddingModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'embeddings-local',
    modelId,
    maxEmbeddingsPerCall: MAXIMUM_TEXTS,
    supportsParallelCalls: false,
    async doEmbed({ values, dimensions = DIMENSIONS, abortSignal: signal }) {
      check(values, dimensions);
      if (values.length === 0) return { embeddings: [], usage: { tokens: 0 }, warnings: [] };
      const { embeddings, tokens } = await embeddingThread.ask(values, { timeMs: 120_000, signal });
      return { embeddings, usage: { tokens }, warnings: [] };
    },
  };
}

function check(values: readonly string[], dimensions: number): void {
  if (dimensions !== DIMENSIONS) throw wrong('/dimensions', 'unknown_dimensions', `must be ${DIMENSIONS} with this model`);
  if (values.length > MAXIMUM_TEXTS) throw wrong('/input', 'too_many', `must have at most ${MAXIMUM_TEXTS} texts`);
  for (const [index, value] of values.entries()) {
    if (value.trim() === '') throw wrong(`/input/${index}`, 'required', 'must not be empty');
    if (value.length <= MAXIMUM_CHARACTERS) continue;
    throw wrong(`/input/${index}`, 'too_long', `must have at most ${MAXIMUM_CHARACTERS} characters`);
  }
}

function wrong(pointer: string, code: string, message: string) {
  return invalidInput([{ pointer, code, message }]);
}
