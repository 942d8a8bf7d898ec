import { z } from 'zod';
import { ModelName } from '../schema-parts.ts';

const shape = {
  model: ModelName,
  prompt: z.string().min(1).max(32_000).describe('What is to be seen'),
  size: z
    .string()
    .regex(/^(auto|[1-9]\d{1,4}x[1-9]\d{1,4})$/, 'must be pixels as "1024x1024", or "auto"')
    .nullish(),
  response_format: z.enum(['b64_json', 'url']).nullish().describe('`url` keeps the pictures as artifacts, and links to them'),
};

/** What `POST /v1/images/generations` takes. */
export const ImagesRequest = z
  .looseObject({
    ...shape,
    n: z.int().min(1).max(10).nullish(),
    stream: z.literal(false, { error: 'is not done with pictures: leave it out' }).nullish(),
    aspect_ratio: z.string().max(20).nullish().describe('Of providers that know no `size`, as "16:9"'),
    seed: z.int().nullish(),
  })
  .meta({ id: 'OpenAIImagesRequest' });

/** The texts of the form that `POST /v1/images/edits` takes, beside its pictures. */
export const ImageEditForm = z.looseObject({
  ...shape,
  n: z.coerce.number().int().min(1).max(10).optional(),
  stream: z.literal('false', { error: 'is not done with pictures: leave it out' }).optional(),
});
