import { type InputIssue, type Json, type JsonObject, toPointer } from '../../kernel/index.ts';
import { formats } from './schema-formats.ts';

/** What stands under a keyword. */
type Part = 'schema' | 'schemas' | 'schema_or_schemas' | 'named_schemas' | ((value: Json) => string | undefined);

export const schemaTypes = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'] as const;

/**
 * Every keyword that a schema may have, and what may stand under it. Not among them: what runs regular expressions of the author's
 * (`pattern`), what refers to other places (`$ref`), and what few schemas need.
 */
const KEYWORDS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['type', typeProblem],
  ['enum', (value) => (Array.isArray(value) && value.length > 0 ? undefined : 'must be a list of values')],
  ['const', () => undefined],
  ['properties', 'named_schemas'],
  ['required', (value) => (isTexts(value) ? undefined : 'must be a list of names')],
  ['additionalProperties', 'schema'],
  ['propertyNames', 'schema'],
  ['minProperties', countProblem],
  ['maxProperties', countProblem],
  ['items', 'schema_or_schemas'],
  ['prefixItems', 'schemas'],
  ['contains', 'schema'],
  ['minContains', countProblem],
  ['maxContains', countProblem],
  ['minItems', countProblem],
  ['maxItems', countProblem],
  ['uniqueItems', booleanProblem],
  ['minLength', countProblem],
  ['maxLength', countProblem],
  ['format', formatProblem],
  ['minimum', numberProblem],
  ['maximum', numberProblem],
  ['exclusiveMinimum', numberProblem],
  ['exclusiveMaximum', numberProblem],
  ['multipleOf', (value) => (typeof value === 'number' && value > 0 ? undefined : 'must be a number above 0')],
  ['allOf', 'schemas'],
  ['anyOf', 'schemas'],
  ['oneOf', 'schemas'],
  ['not', 'schema'],
  ...['title', 'description', '$schema', '$comment'].map((name): [string, Part] => [name, textProblem]),
  ...['deprecated', 'readOnly', 'writeOnly'].map((name): [string, Part] => [name, booleanProblem]),
  ...['default', 'examples'].map((name): [string, Part] => [name, () => undefined]),
]);

const MAXIMUM_ISSUES = 20;

/** Keywords that the values are checked by; data cannot be judged by a schema that has others of this kind. */
export function isKnownKeyword(name: string): boolean {
  return KEYWORDS.has(name);
}

/** What is wrong with a schema, with pointers into it. Names of fields, values of `enum` and the like are data, whatever they are called. */
export function checkSchema(root: Json): InputIssue[] {
  const issues: InputIssue[] = [];
  walk(root, [], issues);
  return issues.slice(0, MAXIMUM_ISSUES);
}

type Path = readonly (string | number)[];

function walk(schema: Json, path: Path, issues: InputIssue[]): void {
  if (typeof schema === 'boolean' || issues.length >= MAXIMUM_ISSUES) return;
  if (!isObject(schema))
    return void issues.push(wrong(path, 'invalid_schema', 'must be a JSON Schema: an object, true or false'));
  for (const [keyword, value] of Object.entries(schema)) {
    const at = [...path, keyword];
    const part = KEYWORDS.get(keyword);
    if (part === undefined) {
      const message = `"${keyword.slice(0, 50)}" cannot be used here; known are ${[...KEYWORDS.keys()].join(' ')}`;
      issues.push(wrong(at, 'keyword_not_allowed', message));
    } else walkPart(part, value, at, issues);
  }
}

function walkPart(part: Part, value: Json, at: Path, issues: InputIssue[]): void {
  if (typeof part === 'function') {
    const problem = part(value);
    if (problem !== undefined) issues.push(wrong(at, 'invalid_schema', problem));
  } else if (part === 'named_schemas') {
    if (!isObject(value)) issues.push(wrong(at, 'invalid_schema', 'must be an object of schemas'));
    else for (const [name, inner] of Object.entries(value)) walk(inner, [...at, name], issues);
  } else if (part === 'schemas' || (part === 'schema_or_schemas' && Array.isArray(value))) {
    if (!Array.isArray(value) || value.length === 0) issues.push(wrong(at, 'invalid_schema', 'must be a list of schemas'));
    else for (const [index, inner] of value.entries()) walk(inner, [...at, index], issues);
  } else walk(value, at, issues);
}

function wrong(path: Path, code: string, message: string): InputIssue {
  return { pointer: toPointer(path), code, message };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: Json): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function typeProblem(value: Json): string | undefined {
  const types: readonly Json[] = Array.isArray(value) ? value : [value];
  const isKnown = types.length > 0 && types.every((type) => schemaTypes.some((known) => known === type));
  return isKnown ? undefined : `must be one of ${schemaTypes.join(', ')}, or a list of them`;
}

function formatProblem(value: Json): string | undefined {
  if (typeof value === 'string' && formats.has(value)) return undefined;
  return `must be one of ${[...formats.keys()].join(', ')}`;
}

function countProblem(value: Json): string | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? undefined : 'must be a whole number from 0';
}

function numberProblem(value: Json): string | undefined {
  return typeof value === 'number' ? undefined : 'must be a number';
}

function booleanProblem(value: Json): string | undefined {
  return typeof value === 'boolean' ? undefined : 'must be true or false';
}

function textProblem(value: Json): string | undefined {
  return typeof value === 'string' ? undefined : 'must be a text';
}
