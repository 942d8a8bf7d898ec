import { isObject } from './pointer.ts';

/** A JSON Schema (2020-12), as zod and our OpenAPI document emit it; what a form does not know of it is left to the check. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** A schema with references followed and `null` taken out of the way. */
export interface Resolved {
  /** What stands at the field: words and hints of all that it is made of, the outer ones first. */
  readonly schema: JsonSchema;
  readonly isNullable: boolean;
  /** What it may be one of, when it is a union of several. */
  readonly variants: readonly JsonSchema[] | undefined;
}

/** Deeper chains of references are circles. */
const DEEPEST = 16;
/** A schema that is more than this many in one is read as one that says nothing more. */
const MOST_PARTS = 400;
const WORDS = new Set(['title', 'description', 'default', 'examples', 'readOnly', 'writeOnly', 'deprecated']);

/** Reads schemas of one document, whose references it follows. @param root where `#/…` begins */
export function createResolver(root: JsonSchema) {
  const known = new WeakMap<object, Resolved>();
  let parts = 0;
  return { root, resolve };

  /** Never fails: what is no schema is one that says nothing. */
  function resolve(given: unknown): Resolved {
    if (!isObject(given)) return { schema: {}, isNullable: false, variants: undefined };
    const before = known.get(given);
    if (before) return before;
    parts = 0;
    const resolved = read(given, 0);
    known.set(given, resolved);
    return resolved;
  }

  function follow(given: unknown, depth: number): JsonSchema {
    parts += 1;
    if (!isObject(given) || depth > DEEPEST || parts > MOST_PARTS) return {};
    const { $ref, ...rest } = given as JsonSchema;
    if (typeof $ref !== 'string') return given as JsonSchema;
    return { ...follow(target($ref), depth + 1), ...rest };
  }

  function target(reference: string): unknown {
    if (!reference.startsWith('#')) return undefined;
    let found: unknown = root;
    for (const part of reference.slice(1).split('/').slice(1)) {
      const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
      found = (found as Record<string, unknown>)[name];
    }
    return found;
  }

  function read(given: unknown, depth: number): Resolved {
    const whole = mergeAll(follow(given, depth), depth);
    const union = unionOf(whole);
    if (!union) return withoutNull(whole);
    const parts = union.flatMap((part) => flat(part, depth + 1));
    const others = parts.filter((part) => !isNull(part));
    const isNullable = others.length < parts.length;
    const { anyOf: _any, oneOf: _one, ...outer } = whole;
    if (others.length === 1) {
      const inner = depth > DEEPEST ? withoutNull({}) : read(others[0], depth + 1);
      return { ...inner, schema: { ...inner.schema, ...outer }, isNullable: isNullable || inner.isNullable };
    }
    const choices = constants(others);
    if (choices) return { schema: { ...outer, enum: choices }, isNullable, variants: undefined };
    return { schema: outer, isNullable, variants: others };
  }

  /** The parts of a union, those of unions in it among them. */
  function flat(part: unknown, depth: number): JsonSchema[] {
    const schema = mergeAll(follow(part, depth), depth);
    const inner = unionOf(schema);
    if (!inner || depth > DEEPEST || hasOwnShape(schema)) return [schema];
    return inner.flatMap((one) => flat(one, depth + 1));
  }

  /** What all of `allOf` say together, as long as that is what objects have. */
  function mergeAll(schema: JsonSchema, depth: number): JsonSchema {
    if (!Array.isArray(schema.allOf) || depth > DEEPEST) return schema;
    const { allOf, ...own } = schema;
    const parts = [...(allOf as unknown[]).map((part) => mergeAll(follow(part, depth + 1), depth + 1)), own];
    return joined(parts);
  }
}

/** What several schemas say of one value, the later ones first. */
function joined(parts: readonly JsonSchema[]): JsonSchema {
  if (!parts.some(({ properties }) => isObject(properties))) return Object.assign({}, ...parts);
  return Object.assign({}, ...parts, {
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: [...new Set(parts.flatMap(({ required }) => (Array.isArray(required) ? required : [])))],
  });
}

export type Resolver = ReturnType<typeof createResolver>;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function unionOf(schema: JsonSchema): readonly unknown[] | undefined {
  const union = schema.anyOf ?? schema.oneOf;
  return Array.isArray(union) && union.length > 0 ? union : undefined;
}

/** Whether it says more than which parts it may be and what they are called. */
function hasOwnShape(schema: JsonSchema): boolean {
  return Object.keys(schema).some((keyword) => keyword !== 'anyOf' && keyword !== 'oneOf' && !WORDS.has(keyword));
}

function isNull(schema: JsonSchema): boolean {
  return schema.type === 'null' || ('const' in schema && schema.const === null);
}

/** `type: ['string', 'null']`, and `null` among the choices. */
function withoutNull(schema: JsonSchema): Resolved {
  let isNullable = false;
  let { type } = schema;
  if (Array.isArray(type)) {
    const types = type.filter((name) => name !== 'null');
    isNullable = types.length < type.length;
    type = types.length === 1 ? types[0] : types;
  }
  const choices = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : undefined;
  const others = choices?.filter((choice) => choice !== null);
  const union = Array.isArray(type) && type.length > 1 && !choices ? (type as unknown[]) : undefined;
  return {
    schema: { ...schema, ...(type !== undefined && { type }), ...(others && { enum: others }) },
    isNullable: isNullable || (choices !== undefined && others !== undefined && others.length < choices.length),
    variants: union?.map((one) => ({ ...partOf(schema), type: one }) as JsonSchema),
  };
}

/** What is said of each part of a union that is one by its types; its words stand around it. */
function partOf(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !WORDS.has(keyword) && keyword !== '$defs'));
}

/** A union of literals is a choice. */
function constants(parts: readonly JsonSchema[]): readonly unknown[] | undefined {
  const isChoice = parts.length > 0 && parts.every((part) => 'const' in part || Array.isArray(part.enum));
  if (!isChoice) return undefined;
  return parts.flatMap((part) => (Array.isArray(part.enum) ? part.enum : [part.const]));
}
