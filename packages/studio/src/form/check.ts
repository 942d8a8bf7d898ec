import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { widgetOf } from './fields.ts';
import type { JsonSchema, Resolved, Resolver } from './json-schema.ts';
import { isDecimal } from './number.ts';
import { below, isObject, partsOf } from './pointer.ts';
import { isOfType, variantOf } from './union.ts';

/** Something that is wrong with a value, at its place. */
export interface FormIssue {
  /** JSON Pointer (RFC 6901) of the value, `''` for the whole. */
  readonly pointer: string;
  /** The keyword of the schema, or the code of the server. */
  readonly code: string;
  /** The server's words; without them, the form says it in its own. */
  readonly message?: string;
  /** What the keyword says, such as the least length. */
  readonly limit?: unknown;
}

/** More would not be read. */
const MOST = 100;
const DEEPEST = 64;
/** What is looked at here, with words of its own; the rest is left to the validator. */
const SHALLOW = new Set([
  'type',
  'enum',
  'const',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]);
const DEEP = [
  'not',
  'if',
  'contains',
  'patternProperties',
  'prefixItems',
  'dependentSchemas',
  'dependentRequired',
  'propertyNames',
];
const WITH_DEEP = [...DEEP, 'then', 'else', 'minContains', 'maxContains'];

/**
 * What is wrong with a value. Fields that are read only are not looked at; the whole schema is then up to the server.
 * @param given part of the resolver's document
 */
export function checkValue(resolver: Resolver, given: JsonSchema, value: unknown): readonly FormIssue[] {
  const issues: FormIssue[] = [];
  visit(given, value, '', 0);
  return issues;

  function add(issue: FormIssue): void {
    if (issues.length < MOST) issues.push(issue);
  }

  function visit(schema: unknown, at: unknown, pointer: string, depth: number): void {
    if (depth > DEEPEST || issues.length >= MOST) return;
    const resolved = resolver.resolve(schema);
    if (resolved.schema.readOnly === true || (at === null && resolved.isNullable)) return;
    if (resolved.variants) {
      const index = variantOf(resolver, resolved.variants, at);
      const variant = resolved.variants[index];
      if (variant) visit(variant, at, pointer, depth + 1);
      else add({ pointer, code: at === undefined ? 'required' : 'anyOf' });
      return;
    }
    const own = shallow(resolver, resolved, at);
    for (const issue of own) add({ ...issue, pointer });
    if (own.some(({ code }) => code === 'type' || code === 'inexact')) return;
    if (DEEP.some((keyword) => keyword in resolved.schema)) for (const issue of deep(resolver, resolved, at, pointer)) add(issue);
    if (isObject(at)) object(resolved.schema, at, pointer, depth);
    if (Array.isArray(at) && isObject(resolved.schema.items))
      for (const [index, item] of at.entries()) visit(resolved.schema.items, item, below(pointer, index), depth + 1);
  }

  function object(schema: JsonSchema, at: Record<string, unknown>, pointer: string, depth: number): void {
    const properties = isObject(schema.properties) ? schema.properties : {};
    for (const name of Array.isArray(schema.required) ? schema.required : []) {
      const inner = resolver.resolve(Object.hasOwn(properties, name) ? properties[name] : undefined);
      if ((!Object.hasOwn(at, name) || at[name] === undefined) && inner.schema.readOnly !== true)
        add({ pointer: below(pointer, name), code: 'required' });
    }
    for (const [name, entry] of Object.entries(at)) {
      if (entry === undefined) continue;
      if (Object.hasOwn(properties, name)) visit(properties[name], entry, below(pointer, name), depth + 1);
      else if (schema.additionalProperties === false && !schema.patternProperties)
        add({ pointer: below(pointer, name), code: 'additionalProperties' });
      else if (isObject(schema.additionalProperties)) visit(schema.additionalProperties, entry, below(pointer, name), depth + 1);
    }
  }
}

/** What is wrong with a value apart from what is inside it. */
function shallow(resolver: Resolver, resolved: Resolved, value: unknown): FormIssue[] {
  const { schema } = resolved;
  const types = typeof schema.type === 'string' ? [schema.type] : Array.isArray(schema.type) ? schema.type : undefined;
  if (types && !types.some((type) => isOfType(value, type))) {
    if (value === undefined) return [{ pointer: '', code: 'required' }];
    const isInexact = widgetOf(resolved, resolver) === 'number' && typeof value === 'string' && isDecimal(value);
    return [{ pointer: '', code: isInexact ? 'inexact' : 'type', limit: types[0] }];
  }
  const part = Object.fromEntries(Object.entries(schema).filter(([keyword]) => SHALLOW.has(keyword)));
  if (Object.keys(part).length === 0) return [];
  const keywords = run(part, value)
    .map(({ keyword }) => keyword)
    .filter((keyword) => SHALLOW.has(keyword));
  // One at a time; what has a name says more than its pattern.
  const keyword = keywords.find((one) => one !== 'pattern') ?? keywords[0];
  return keyword === undefined ? [] : [{ pointer: '', code: keyword, limit: schema[keyword] }];
}

/** By the validator, with all that the document holds: what has conditions, or names by patterns. */
function deep(resolver: Resolver, { schema }: Resolved, value: unknown, pointer: string): FormIssue[] {
  const { $defs, components } = resolver.root as { $defs?: unknown; components?: unknown };
  const own = Object.fromEntries(WITH_DEEP.flatMap((keyword) => (keyword in schema ? [[keyword, schema[keyword]]] : [])));
  const units = run({ ...own, ...($defs !== undefined && { $defs }), ...(components !== undefined && { components }) }, value);
  const deepest = Math.max(...units.map(({ instanceLocation }) => partsOf(instanceLocation.slice(1)).length));
  const leaf = units.find(({ instanceLocation }) => partsOf(instanceLocation.slice(1)).length === deepest);
  if (!leaf) return [];
  return [{ pointer: pointer + decodeURI(leaf.instanceLocation.slice(1)), code: leaf.keyword, message: leaf.error }];
}

/** A schema that the validator cannot read, such as one with a pattern that is none, finds nothing: the server looks again. */
function run(schema: JsonSchema, value: unknown): readonly OutputUnit[] {
  try {
    return new Validator(schema as unknown as Schema, '2020-12', false).validate(value).errors;
  } catch {
    return [];
  }
}
