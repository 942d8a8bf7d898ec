import type { JsonSchema, Resolved, Resolver } from './json-schema.ts';
import { isObject } from './pointer.ts';

/** What a field is written with. */
export const widgetNames = [
  'text',
  'long-text',
  'number',
  'switch',
  'choice',
  'many',
  'date-time',
  'date',
  'time',
  'duration',
  'json',
  'code',
  'list',
  'map',
  'object',
  'union',
  'relation',
  'secret',
  'password',
  'file',
] as const;
export type WidgetName = (typeof widgetNames)[number];

/** A field of a form: its schema, and how it stands in the object around it. */
export interface Field extends Resolved {
  readonly name: string;
  readonly label: string;
  readonly isRequired: boolean;
}

/** Texts longer than this are written in more than one line. */
const ONE_LINE = 250;

export function fieldOf(resolver: Resolver, name: string, given: unknown, isRequired: boolean): Field {
  const resolved = resolver.resolve(given);
  const { title } = resolved.schema;
  return { ...resolved, name, label: typeof title === 'string' && title !== '' ? title : labelOf(name), isRequired };
}

/** `created_at` → `Created at`. */
export function labelOf(name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ').replaceAll(/([a-z])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The fields of an object, as the schema has them. */
export function fieldsOf(resolver: Resolver, schema: JsonSchema): readonly Field[] {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([name, given]) =>
    fieldOf(resolver, name, given, required.has(name)),
  );
}

/** A hint of our own, with or without `x-`. @example hint(schema, 'relation') */
export function hint(schema: JsonSchema, name: string): unknown {
  return schema[`x-${name}`] ?? schema[name];
}

/** What a field is written with, by what its schema says. What is not known is written as JSON. */
export function widgetOf({ schema, variants }: Resolved, resolver: Resolver): WidgetName {
  const wished = schema['x-widget'];
  if (typeof wished === 'string' && (widgetNames as readonly string[]).includes(wished)) return wished as WidgetName;
  if (typeof hint(schema, 'relation') === 'string') return 'relation';
  if (schema['x-secret'] === true) return 'secret';
  if (variants) return variants.length <= 12 ? 'union' : 'json';
  if (Array.isArray(schema.enum)) return 'choice';
  const type = schema.type ?? (isObject(schema.properties) ? 'object' : undefined);
  if (type === 'boolean') return 'switch';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'string') return textWidget(schema);
  if (type === 'array') return arrayWidget(schema, resolver);
  if (type === 'object') return objectWidget(schema);
  return 'json';
}

function textWidget(schema: JsonSchema): WidgetName {
  if (schema.writeOnly || schema.format === 'password') return 'password';
  if (schema.format === 'date-time' || schema.format === 'date' || schema.format === 'time' || schema.format === 'duration')
    return schema.format;
  if (schema.contentEncoding === 'base64' || schema.format === 'binary') return 'file';
  if (typeof schema.contentMediaType === 'string') return 'code';
  return typeof schema.maxLength === 'number' && schema.maxLength > ONE_LINE && !schema.format && !schema.pattern
    ? 'long-text'
    : 'text';
}

function arrayWidget(schema: JsonSchema, resolver: Resolver): WidgetName {
  if (!isObject(schema.items) || Array.isArray(schema.prefixItems)) return 'json';
  const item = resolver.resolve(schema.items);
  if (Array.isArray(item.schema.enum)) return 'many';
  return 'list';
}

function objectWidget(schema: JsonSchema): WidgetName {
  if (isObject(schema.properties) && Object.keys(schema.properties).length > 0) return 'object';
  return isObject(schema.additionalProperties) && Object.keys(schema.additionalProperties).length > 0 ? 'map' : 'json';
}
