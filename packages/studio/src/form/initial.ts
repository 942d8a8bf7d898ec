import { fieldsOf, widgetOf } from './fields.ts';
import type { JsonSchema, Resolver } from './json-schema.ts';
import { isObject } from './pointer.ts';

/** Objects deeper than this begin empty: a schema may hold itself. */
const DEEPEST = 6;

/**
 * What a form begins with: defaults, and what is required as far as it can be nothing else. What is optional is left out, so that the
 * defaults of the server hold.
 */
export function initialOf(resolver: Resolver, given: JsonSchema, isRequired = true, depth = 0): unknown {
  const resolved = resolver.resolve(given);
  const { schema, isNullable, variants } = resolved;
  if (schema.default !== undefined) return structuredClone(schema.default);
  if (Array.isArray(schema.enum) && schema.enum.length === 1 && isRequired) return schema.enum[0];
  if (!isRequired || depth > DEEPEST) return undefined;
  if (isNullable) return null;
  if (variants) return variants[0] && initialOf(resolver, variants[0], true, depth + 1);
  switch (widgetOf(resolved, resolver)) {
    case 'object': {
      const entries = fieldsOf(resolver, schema).map((field) => {
        const property = (schema.properties as Record<string, JsonSchema>)[field.name] as JsonSchema;
        return [field.name, initialOf(resolver, property, field.isRequired, depth + 1)] as const;
      });
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    case 'list':
    case 'many':
      return [];
    case 'map':
      return {};
    case 'switch':
      return false;
    case 'json':
      return schema.type === 'object' ? {} : schema.type === 'array' ? [] : undefined;
    default:
      return undefined;
  }
}

/** Names, by pointers with `*` for items and entries, of what goes in and never comes out. No draft keeps it. */
export function writeOnlyPointers(resolver: Resolver, given: JsonSchema): readonly string[] {
  const found = new Set<string>();
  visit(given, '', 0);
  return [...found];

  function visit(schema: unknown, pointer: string, depth: number): void {
    if (depth > DEEPEST) return;
    const resolved = resolver.resolve(schema);
    const { schema: own, variants } = resolved;
    const widget = widgetOf(resolved, resolver);
    if (own.writeOnly === true || widget === 'password') {
      found.add(pointer);
      return;
    }
    for (const variant of variants ?? []) visit(variant, pointer, depth + 1);
    if (isObject(own.properties))
      for (const [name, inner] of Object.entries(own.properties))
        visit(inner, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
    for (const inner of [own.items, own.additionalProperties]) if (isObject(inner)) visit(inner, `${pointer}/*`, depth + 1);
  }
}
