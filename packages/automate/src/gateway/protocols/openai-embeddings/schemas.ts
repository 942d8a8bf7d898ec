import { z } from 'zod';
import { limits, ModelName } from '../schema-parts.ts';

const Tokens = z.array(z.int().min(0)).min(1).max(100_000);

/** What `POST /v1/embeddings` takes: one text, a list of texts, or the same in tokens. */
export const EmbeddingsRequest = z.looseObject({
  model: ModelName,
  input: z.union(
    [
      z.string().min(1),
      z.array(z.string().min(1)).min(1).max(limits.embeddings),
      Tokens,
      z.array(Tokens).min(1).max(limits.embeddings),
    ],
    { error: `must be a text, a list of 1 to ${limits.embeddings} texts that are not empty, or the same in tokens` },
  ),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).max(65_536).nullish(),
  user: z.string().max(512).nullish(),
});
