import { z } from 'zod';
import type { Json, Model } from '../../kernel/index.ts';
import { type FieldDescription, fieldTypes, type ModelDescription } from './schemas.ts';

/**
 * What a model's zod schema says of its columns. Write-only fields, which hold secrets, are left out.
 * @param models all models, among which a column such as `workflow_id` finds the one it points to
 * @example
 * describeModel(WorkflowModel, [WorkflowModel]).fields[0]; // { name: 'id', type: 'string', format: 'uuid', … }
 */
export function describeModel(model: Model, models: readonly Model[]): ModelDescription {
  const sent = toJsonSchema(model.schema, 'input');
  const required = new Set(sent.required);
  const fields = Object.entries(model.schema.shape).flatMap(([name, schema]) => {
    const column = describeColumn(schema as z.ZodType);
    if (column.writeOnly) return [];
    const relation = relationOf(name, column, model, models);
    const { maxLength, description, title, format } = column;
    const field: FieldDescription = {
      name,
      verbose_name: title ?? sentenceCase(name),
      type: typeOf(column),
      required: required.has(name),
      nullable: column.isNullable,
      ...(format !== undefined && { format }),
      ...((column.readOnly || name === 'id' || name === model.tenantField) && { read_only: true }),
      ...(column.choices && { choices: column.choices }),
      ...(maxLength !== undefined && { max_length: maxLength }),
      ...(column.default !== undefined && { default: column.default }),
      ...(description !== undefined && { description }),
      ...(relation && { relation }),
    };
    return [field];
  });
  return { name: model.name, verbose_name: model.verboseName, db_table: model.table, fields };
}

/** `created_at` → `Created at`. */
export function sentenceCase(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly format?: string;
  readonly maxLength?: number;
  readonly default?: Json;
  readonly title?: string;
  readonly description?: string;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly required?: readonly string[];
  /** From `.meta({ relation: 'Workflow' })`. */
  readonly relation?: string;
}

interface Column extends JsonSchema {
  readonly isNullable: boolean;
  readonly choices: Json[] | undefined;
}

/** A field's JSON Schema with `null` and references taken out of the way. */
function describeColumn(schema: z.ZodType): Column {
  const { $defs = {}, ...root } = toJsonSchema(schema, 'output');
  const resolve = (part: JsonSchema): JsonSchema => {
    const target = part.$ref === undefined ? undefined : $defs[part.$ref.replace('#/$defs/', '')];
    return target ? { ...target, ...part } : part;
  };
  const whole = resolve(root);
  const flatten = (part: JsonSchema): JsonSchema[] => resolve(part).anyOf?.flatMap(flatten) ?? [resolve(part)];
  const parts = (whole.anyOf ?? []).flatMap(flatten);
  const others = parts.filter((part) => part.type !== 'null');
  const { anyOf: _, ...outer } = whole;
  // Words of the whole win over those of the part: `Name.nullable().describe('…')`.
  const single = others.length === 1 ? { ...others[0], ...outer } : whole;
  const choices = single.enum ?? (single.const === undefined ? undefined : [single.const]) ?? constants(others);
  return {
    ...single,
    isNullable: parts.length > others.length || (Array.isArray(whole.type) && whole.type.includes('null')),
    choices: choices && [...choices],
    // A secret stays one in whatever it is wrapped.
    writeOnly: [whole, ...parts].some((part) => part.writeOnly === true),
  };
}

/** A union of literals is a choice too. */
function constants(parts: readonly JsonSchema[]): Json[] | undefined {
  const values = parts.flatMap((part) => (part.const === undefined ? (part.enum ?? []) : [part.const]));
  const isChoice = parts.length > 0 && parts.every((part) => part.const !== undefined || part.enum !== undefined);
  return isChoice ? values : undefined;
}

function typeOf({ type, choices }: Column): FieldDescription['type'] {
  const types = typeof type === 'string' ? [type] : (type ?? []).filter((name) => name !== 'null');
  const named = types.length === 1 ? types[0] : typeof choices?.[0];
  return fieldTypes.find((known) => known === named) ?? 'json';
}

function relationOf(name: string, column: Column, model: Model, models: readonly Model[]): FieldDescription['relation'] {
  const isReference = column.format === 'uuid' && name.endsWith('_id');
  const wanted = column.relation?.toLowerCase() ?? (isReference ? name.slice(0, -3).replaceAll('_', '') : undefined);
  const found = models.filter((other) => other.name.toLowerCase() === wanted);
  const target = found.find((other) => other.app === model.app) ?? found[0];
  return target && { app_label: target.app, model: target.name };
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // A host's rows may hold what JSON only knows as text or number.
      const { type } = zodSchema._zod.def;
      if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      if (type === 'bigint') jsonSchema.type = 'integer';
    },
  }) as JsonSchema;
}
