import type { Contract, Schema } from './openapi.ts';

/** The way to a part of a value: keys and indices from the root. */
export type Place = readonly (string | number)[];

/**
 * Where in a body a property of such a name may stand: in the schema, also where the body at hand has none. Of a plain value,
 * where it has one.
 */
export function placesOf(given: { contract: Contract; schema: Schema; base: unknown } | unknown, name: RegExp): Place[] {
  if (!isDescribed(given)) return inValue(given, name, []);
  const { contract, schema } = given;
  return inSchema(contract, schema, name, [], 0);
}

/** A copy with another value at a place; what is missing on the way is made. */
export function replaceAt(base: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const list = Array.isArray(base) ? [...base] : [];
    list[key] = replaceAt(list[key], rest, value);
    return list;
  }
  return { ...(base as object | undefined), [key]: replaceAt((base as Record<string, unknown> | undefined)?.[key], rest, value) };
}

/** A name of the same form that nobody has. */
export function withName(text: string, mark: string): string {
  const fresh = `zq${Math.random().toString(36).slice(2, 10)}`;
  return text.replaceAll(mark, fresh).replaceAll(mark.toUpperCase(), fresh.toUpperCase());
}

function isDescribed(given: unknown): given is { contract: Contract; schema: Schema; base: unknown } {
  return typeof given === 'object' && given !== null && 'contract' in given && 'schema' in given;
}

function inSchema(contract: Contract, given: Schema, name: RegExp, place: Place, depth: number): Place[] {
  const component = given.$ref?.split('/').at(-1);
  const schema = component === undefined ? given : (contract.document.components.schemas[component] as Schema);
  if (depth > 5) return [];
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const deeper = inSchema(contract, field, name, [...place, key], depth + 1);
    return isText(field) && name.test(key) ? [[...place, key], ...deeper] : deeper;
  });
  const items = schema.items ? inSchema(contract, schema.items, name, [...place, 0], depth + 1) : [];
  return [...own, ...items, ...choices.slice(0, 1).flatMap((choice) => inSchema(contract, choice, name, place, depth + 1))];
}

/** Ids are texts; where they stand for several there is a list of them. */
function isText(schema: Schema): boolean {
  return schema.type === 'string' || [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].some(isText);
}

function inValue(value: unknown, name: RegExp, place: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const here = [...place, Array.isArray(value) ? Number(key) : key];
    const deeper = inValue(item, name, here);
    return typeof item === 'string' && name.test(key) ? [here, ...deeper] : deeper;
  });
}
