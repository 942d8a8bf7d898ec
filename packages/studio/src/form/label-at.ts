import { fieldOf } from './fields.ts';
import type { JsonSchema, Resolver } from './json-schema.ts';
import { isObject, partsOf } from './pointer.ts';

/** What a place in a value is called, by its schema. @example labelAt(resolver, schema, '/lines/0/price') // 'Lines › 1 › Price' */
export function labelAt(resolver: Resolver, schema: JsonSchema, pointer: string): string {
  let at: unknown = schema;
  const names = partsOf(pointer).map((part) => {
    const { schema: own, variants } = resolver.resolve(at);
    const owners = variants?.map((variant) => resolver.resolve(variant).schema) ?? [own];
    const properties = owners.map((owner) => owner.properties).find((all) => isObject(all) && Object.hasOwn(all, part));
    const inner = properties?.[part];
    at = inner ?? own.items ?? own.additionalProperties;
    if (inner) return fieldOf(resolver, part, inner, false).label;
    return /^\d+$/.test(part) ? String(Number(part) + 1) : part;
  });
  return names.join(' › ');
}
