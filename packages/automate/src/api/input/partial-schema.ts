import { z } from 'zod';

/**
 * The schema of a PATCH: every field may be missing. Unlike zod's `partial()`, a missing field does not get its default,
 * which would overwrite what is stored.
 */
export function partialSchema(schema: z.ZodObject): z.ZodObject {
  const shape = Object.fromEntries(
    Object.entries(schema.shape).map(([name, field]) => [name, withoutDefault(field as z.ZodType).optional()]),
  );
  const partial = z.object(shape);
  const { catchall } = schema.def;
  return catchall ? partial.catchall(catchall) : partial;
}

function withoutDefault(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return withoutDefault(schema.def.innerType as z.ZodType);
  if (schema instanceof z.ZodOptional) return withoutDefault(schema.def.innerType as z.ZodType);
  return schema;
}
