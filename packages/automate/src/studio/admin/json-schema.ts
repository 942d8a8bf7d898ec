import { z } from 'zod';
import type { FieldDescription } from '../schema/schemas.ts';

export type FormSchema = Record<string, never>;

/** What a body takes as JSON Schema for a form, references to other models named in its fields. */
export function formSchemaOf(body: z.ZodType, fields: readonly FieldDescription[]): FormSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(body, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { type } = zodSchema._zod.def;
      if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      if (type === 'bigint') jsonSchema.type = 'integer';
    },
  }) as { $schema?: string; properties?: Record<string, object> };
  const { properties = {} } = schema;
  for (const { name, relation } of fields) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (relation && property) Object.assign(property, { relation: `${relation.app_label}/${relation.model}`.toLowerCase() });
  }
  return schema as FormSchema;
}
