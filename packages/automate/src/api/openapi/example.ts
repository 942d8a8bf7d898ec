import type { JsonSchema } from './schemas.ts';

/** Finds what a reference stands for. */
export type FindSchema = (reference: string) => JsonSchema | undefined;

/**
 * A short value that a JSON Schema allows: of an object what is required, or else its first field; of a choice the first.
 * Rules that JSON Schema cannot say are not known here, so whoever shows it checks it first.
 * @param name of the field it is for, which often says what a text is
 * @example
 * exampleOf({ type: 'object', required: ['name'], properties: { name: { type: 'string' } } }, find) // { name: 'An example' }
 */
export function exampleOf(schema: JsonSchema, find: FindSchema, name = '', depth = 0): unknown {
  if (depth > DEEPEST) return null;
  const next = (part: unknown, of = name) => exampleOf((part ?? {}) as JsonSchema, find, of, depth + 1);
  if (typeof schema.$ref === 'string') return next(find(schema.$ref));
  if (Array.isArray(schema.examples)) return schema.examples[0];
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if ('default' in schema) return schema.default;
  const choices = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (choices) return next(choices.find(({ type }) => type !== 'null'));
  if (Array.isArray(schema.allOf)) return Object.assign({}, ...schema.allOf.map((part) => next(part)));
  switch (schema.type) {
    case 'object':
      return objectExample(schema, next);
    case 'array':
      return Array.from({ length: Math.max(1, numberOf(schema.minItems)) }, () => next(schema.items, name.replace(/s$/, '')));
    case 'string':
      return textExample(schema, name);
    case 'integer':
    case 'number':
      return numberExample(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return {};
  }
}

/** Schemas may refer to themselves. */
const DEEPEST = 12;

function objectExample(schema: JsonSchema, next: (part: unknown, name: string) => unknown): Record<string, unknown> {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const required = (schema.required ?? []) as readonly string[];
  const shown = required.length > 0 ? required : Object.keys(properties).slice(0, 1);
  return Object.fromEntries(shown.map((name) => [name, next(properties[name], name)]));
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  'date-time': '2030-01-01T12:00:00Z',
  date: '2030-01-01',
  email: 'ada@example.com',
  uri: 'https://example.com/',
};

/** What a text is, by the last word of the name of its field. */
const BY_NAME: Readonly<Record<string, string>> = {
  id: BY_FORMAT.uuid as string,
  name: 'An example',
  slug: 'an-example',
  email: 'ada@example.com',
  password: 'correct horse battery staple',
  token: 'the-token-that-the-link-ends-with',
  host: 'api.example.com',
  trace_id: '384683f5639f448eb3531c817f8e4696',
  reason: 'Because it is time',
  description: 'What it is for',
};

/** Looked through for one that fits a pattern. */
const WORDS = ['example', 'an-example', 'EXAMPLE', 'an.example', 'example.com', 'example:read', '/example/', '123456', '1', '*'];

function textExample({ format, pattern, minLength, maxLength }: JsonSchema, name: string): string {
  const byFormat = typeof format === 'string' ? BY_FORMAT[format] : undefined;
  if (byFormat !== undefined) return byFormat;
  const known = BY_NAME[name] ?? BY_NAME[name.split('_').at(-1) ?? ''];
  const words = [known ?? [], name, WORDS].flat().filter((word) => word !== '');
  const fitting = typeof pattern === 'string' ? words.find((word) => matches(pattern, word)) : undefined;
  const longest = maxLength === undefined ? Number.POSITIVE_INFINITY : numberOf(maxLength);
  return (fitting ?? words[0] ?? 'example').padEnd(numberOf(minLength), 'x').slice(0, longest);
}

/** A pattern is written for the flags of its schema, which are not known here. */
function matches(pattern: string, word: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(word);
  } catch {
    return false;
  }
}

function numberExample({ minimum, maximum, exclusiveMinimum }: JsonSchema): number {
  const least = minimum ?? (exclusiveMinimum === undefined ? 1 : numberOf(exclusiveMinimum) + 1);
  return Math.min(Math.max(numberOf(least), 1), maximum === undefined ? Number.POSITIVE_INFINITY : numberOf(maximum));
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
