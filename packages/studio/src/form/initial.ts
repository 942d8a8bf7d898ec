import { fieldsOf, widgetOf } from './fields.ts';
import type { JsonSchema, Resolver } from './json-schema.ts';
import { below, isObject } from './pointer.ts';

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
    // What is too deep to be named is named as a whole.
    if (depth > DEEPEST ? hasSecret(resolver, schema) : isSecret(resolver, schema)) found.add(pointer);
    else if (depth <= DEEPEST)
      for (const [part, inner] of partsIn(resolver, schema))
        visit(inner, part === undefined ? pointer : `${pointer}/${part}`, depth + 1);
  }
}

function isSecret(resolver: Resolver, given: unknown): boolean {
  const resolved = resolver.resolve(given);
  return resolved.schema.writeOnly === true || widgetOf(resolved, resolver) === 'password';
}

/** Whether it is a secret or has one in it, however deep. */
function hasSecret(resolver: Resolver, given: unknown, seen = new Set<unknown>()): boolean {
  if (seen.has(given)) return false;
  seen.add(given);
  return isSecret(resolver, given) || partsIn(resolver, given).some(([, inner]) => hasSecret(resolver, inner, seen));
}

/** What a schema is made of, by the part that it adds to a pointer; none for what it may be one of. */
function partsIn(resolver: Resolver, given: unknown): (readonly [part: string | undefined, schema: unknown])[] {
  const { schema, variants = [] } = resolver.resolve(given);
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    ...variants.map((variant) => [undefined, variant] as const),
    ...properties.map(([name, inner]) => [below('', name).slice(1), inner] as const),
    ...[schema.items, schema.additionalProperties].filter(isObject).map((inner) => ['*', inner] as const),
  ];
}
