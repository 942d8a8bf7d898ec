import { labelOf } from './fields.ts';
import type { JsonSchema, Resolver } from './json-schema.ts';
import { isObject } from './pointer.ts';

/** Which part of a union a value is; -1 when it is none. */
export function variantOf(resolver: Resolver, variants: readonly JsonSchema[], value: unknown): number {
  const name = discriminatorOf(resolver, variants);
  if (name !== undefined && isObject(value)) {
    const found = variants.findIndex((variant) => constantOf(resolver, variant, name)?.includes(value[name]));
    if (found !== -1) return found;
  }
  const fitting = variants.map((variant) => likeness(resolver, variant, value));
  const best = Math.max(...fitting);
  return best <= 0 ? -1 : fitting.indexOf(best);
}

/** The property by whose fixed value one tells the parts apart. */
export function discriminatorOf(resolver: Resolver, variants: readonly JsonSchema[]): string | undefined {
  const [first] = variants;
  if (!first) return undefined;
  const { properties } = resolver.resolve(first).schema;
  return Object.keys(isObject(properties) ? properties : {}).find((name) => {
    const values = variants.map((variant) => constantOf(resolver, variant, name));
    return values.every((value) => value !== undefined) && new Set(values.flat()).size === values.flat().length;
  });
}

/** Fixed values of a property. */
function constantOf(resolver: Resolver, variant: JsonSchema, name: string): readonly unknown[] | undefined {
  const { properties } = resolver.resolve(variant).schema;
  if (!isObject(properties) || !Object.hasOwn(properties, name)) return undefined;
  const choices = resolver.resolve(properties[name]).schema.enum;
  return Array.isArray(choices) && choices.length > 0 ? choices : undefined;
}

/** What a part is called, to choose it. @param words of the types, for parts without a title */
export function variantLabel(
  resolver: Resolver,
  variants: readonly JsonSchema[],
  index: number,
  words: Readonly<Record<string, string>>,
): string {
  const variant = variants[index] ?? {};
  const { schema } = resolver.resolve(variant);
  if (typeof schema.title === 'string' && schema.title !== '') return schema.title;
  const name = discriminatorOf(resolver, variants);
  const constant = name === undefined ? undefined : constantOf(resolver, variant, name)?.[0];
  if (constant !== undefined) return typeof constant === 'string' ? labelOf(constant) : JSON.stringify(constant);
  if (Array.isArray(schema.enum)) return schema.enum.map((choice) => String(choice)).join(', ');
  const type = typeof schema.type === 'string' ? schema.type : 'any';
  return words[type] ?? type;
}

/** Unions in unions are not looked at further than this. */
const DEEPEST = 3;

/** How much a value looks like what a schema describes; 0: it is of another type. */
function likeness(resolver: Resolver, variant: JsonSchema, value: unknown, depth = 0): number {
  const { schema, variants } = resolver.resolve(variant);
  if (variants)
    return depth > DEEPEST ? 0.1 : Math.max(...variants.map((inner) => likeness(resolver, inner, value, depth + 1))) * 0.9;
  if (Array.isArray(schema.enum)) return schema.enum.some((choice) => JSON.stringify(choice) === JSON.stringify(value)) ? 4 : 0;
  const types = typeof schema.type === 'string' ? [schema.type] : Array.isArray(schema.type) ? schema.type : undefined;
  if (!types) return value === undefined ? 0 : 0.5;
  if (!types.some((type) => isOfType(value, type))) return 0;
  if (!isObject(value)) return 1;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const names = Object.keys(value);
  const known = names.filter((name) => Object.hasOwn(properties, name)).length;
  const missing = (Array.isArray(schema.required) ? schema.required : []).filter((name) => !Object.hasOwn(value, name)).length;
  return 1 + (known - missing - (names.length - known)) / (names.length + missing + 1) + 0.001;
}

export function isOfType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'null') return value === null;
  return typeof value === type;
}
