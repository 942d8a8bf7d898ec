import { z } from 'zod';

/** What a thing is called in addresses and in the `model` of a request. */
export const Slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_.-]{0,62}$/,
    'must be lower-case letters, digits, ".", "-" and "_", such as "support-chat", at most 63 characters',
  )
  .refine((slug) => !/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(slug), 'must not look like an id');

export const Name = z.string().trim().min(1).max(120);

/** A provider's own name of a model. */
export const ModelName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s\p{Cc}]+$/u, 'must hold no spaces');
