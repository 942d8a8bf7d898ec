import { fitNumber } from './fit-number.ts';
import { fitString } from './fit-string.ts';
import { createHints, type Hints } from './hints.ts';

export type Schema = Readonly<Record<string, unknown>>;

const MAXIMUM_DEPTH = 6;
const MAXIMUM_VALUES = 2_000;
/** Of schemas within schemas, and of choices: what is beyond is left out, whether it fits or not. */
const MAXIMUM_LEVEL = 60;
const MAXIMUM_CHOICES = 50;

interface Fitting {
  readonly root: Schema;
  readonly hints: Hints;
  /** Values that may still be made: a schema that refers to itself has no end. */
  left: number;
  level: number;
}

interface Place {
  readonly name: string;
  readonly depth: number;
}

/**
 * A value that fits a JSON Schema, made of what a text says. A `pattern` is not looked at.
 * @param source the text of the user
 */
export function fitSchema(schema: unknown, source: string): unknown {
  const root = asSchema(schema);
  return fit(root, { name: '', depth: 0 }, { root, hints: createHints(source), left: MAXIMUM_VALUES, level: 0 });
}

function fit(given: Schema, place: Place, fitting: Fitting): unknown {
  fitting.left -= 1;
  if (fitting.left <= 0 || fitting.level >= MAXIMUM_LEVEL) return null;
  fitting.level += 1;
  try {
    return fitResolved(resolve(given, fitting), place, fitting);
  } finally {
    fitting.level -= 1;
  }
}

function fitResolved(schema: Schema, place: Place, fitting: Fitting): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) {
    return schema.enum.slice(0, MAXIMUM_CHOICES).find((each) => fitting.hints.mentions(String(each))) ?? schema.enum[0];
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices) && choices.length > 0) {
    const resolved = choices.slice(0, MAXIMUM_CHOICES).map((choice) => ({
      ...schema,
      anyOf: undefined,
      oneOf: undefined,
      ...resolve(asSchema(choice), fitting),
    }));
    const isSmall = place.depth >= MAXIMUM_DEPTH;
    return fit(resolved.find((choice) => (typeOf(choice) === 'null') === isSmall) ?? (resolved[0] as Schema), place, fitting);
  }
  switch (typeOf(schema)) {
    case 'null':
      return null;
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return fitNumber(schema, fitting.hints.number(place.name));
    case 'array':
      return fitArray(schema, place, fitting);
    case 'object':
      return fitObject(schema, place, fitting);
    default:
      return fitString(schema, () => fitting.hints.text(place.name));
  }
}

function fitObject(schema: Schema, { depth }: Place, fitting: Fitting): Record<string, unknown> {
  const properties = Object.entries(asSchema(schema.properties));
  const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : []);
  const wanted = depth < MAXIMUM_DEPTH ? properties : properties.filter(([name]) => required.has(name));
  const found: [string, unknown][] = [];
  for (const [name, each] of wanted) {
    if (fitting.left <= 0) break;
    found.push([name, fit(asSchema(each), { name, depth: depth + 1 }, fitting)]);
  }
  const declared = new Set(properties.map(([name]) => name));
  const undeclared = [...required].filter((name) => !declared.has(name)).slice(0, Math.max(0, fitting.left));
  return Object.fromEntries([...found, ...undeclared.map((name) => [name, fitting.hints.text(name)] as const)]);
}

function fitArray(schema: Schema, { name, depth }: Place, fitting: Fitting): unknown[] {
  const least = Math.max(Number(schema.minItems ?? 0), depth < MAXIMUM_DEPTH ? 1 : 0);
  const first = (
    Array.isArray(schema.prefixItems) ? schema.prefixItems : Array.isArray(schema.items) ? schema.items : []
  ) as unknown[];
  const count = Math.min(Math.max(least, first.length), Number(schema.maxItems ?? 100), 100);
  const rest = Array.isArray(schema.items) ? schema.additionalItems : schema.items;
  const values: unknown[] = [];
  for (let index = 0; index < count && fitting.left > 0; index += 1) {
    const value = fit(asSchema(first[index] ?? rest), { name, depth: depth + 1 }, fitting);
    values.push(schema.uniqueItems === true ? unlike(value, values) : value);
  }
  return values;
}

function unlike(value: unknown, others: readonly unknown[]): unknown {
  if (!others.includes(value)) return value;
  if (typeof value === 'number') return Math.max(...others.filter((each) => typeof each === 'number')) + 1;
  return typeof value === 'string' ? `${value} ${others.length + 1}` : value;
}

/** Follows references within the schema, and puts the parts of `allOf` together. */
function resolve(given: Schema, fitting: Fitting): Schema {
  let schema = given;
  for (let step = 0; typeof schema.$ref === 'string' && step < 20; step += 1) {
    const { $ref: reference, ...rest } = schema;
    schema = { ...follow(fitting.root, String(reference)), ...rest };
  }
  if (!Array.isArray(schema.allOf) || fitting.level >= MAXIMUM_LEVEL) return schema;
  fitting.level += 1;
  let joined: Schema = { ...schema, allOf: undefined };
  for (const part of schema.allOf.slice(0, MAXIMUM_CHOICES)) {
    fitting.left -= 1;
    if (fitting.left <= 0) break;
    const next = resolve(asSchema(part), fitting);
    joined = {
      ...joined,
      ...next,
      properties: { ...asSchema(joined.properties), ...asSchema(next.properties) },
      required: [joined.required, next.required].flatMap((each) => (Array.isArray(each) ? each : [])),
    };
  }
  fitting.level -= 1;
  return joined;
}

function follow(root: Schema, reference: string): Schema {
  let found: unknown = root;
  for (const name of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    const key = decoded(name).replaceAll('~1', '/').replaceAll('~0', '~');
    found = Object.hasOwn(asSchema(found), key) ? asSchema(found)[key] : undefined;
  }
  return asSchema(found);
}

/** A `%` may stand for nothing. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function typeOf({ type, properties, items }: Schema): string {
  if (Array.isArray(type)) return String(type.find((each) => each !== 'null') ?? 'null');
  if (typeof type === 'string') return type;
  if (properties !== undefined) return 'object';
  return items === undefined ? 'string' : 'array';
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {};
}
