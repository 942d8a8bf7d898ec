import { z } from 'zod';
import { AnyJson } from '../../engine/index.ts';

export const fieldTypes = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'json'] as const;

/** What a form or a table has to know of one column; what is not said does not apply. */
export const FieldDescription = z
  .object({
    name: z.string(),
    verbose_name: z.string(),
    type: z.enum(fieldTypes).describe('`json` is any JSON value'),
    format: z.string().optional().describe('As in JSON Schema: `uuid`, `date-time`, `email`, …'),
    required: z.boolean(),
    nullable: z.boolean(),
    read_only: z.boolean().optional(),
    choices: z.array(AnyJson).optional(),
    max_length: z.int().optional(),
    default: AnyJson.optional(),
    description: z.string().optional(),
    relation: z.object({ app_label: z.string(), model: z.string() }).optional().describe('The model whose `id` the column holds'),
  })
  .meta({ id: 'FieldDescription' });
export type FieldDescription = z.output<typeof FieldDescription>;

export const ModelDescription = z
  .object({ name: z.string(), verbose_name: z.string(), db_table: z.string(), fields: z.array(FieldDescription) })
  .meta({ id: 'ModelDescription' });
export type ModelDescription = z.output<typeof ModelDescription>;

export const AppDescription = z
  .object({ app_label: z.string(), verbose_name: z.string(), models: z.array(ModelDescription) })
  .meta({ id: 'AppDescription' });
export type AppDescription = z.output<typeof AppDescription>;

export const AppDescriptions = z.object({ apps: z.array(AppDescription) }).meta({ id: 'AppDescriptions' });
