import type { z } from 'zod';
import { apiErrors } from '../http/errors.ts';
import { toInputIssues } from '../input/input-issues.ts';
import type { Route } from '../routing/route.ts';
import { exampleOf } from './example.ts';
import type { JsonSchema, SchemaCollector } from './schemas.ts';

/** The body of an operation with its examples. */
export function requestBody({ options }: Route, schemas: SchemaCollector): JsonSchema | undefined {
  const { consumes, body, examples } = options;
  if (consumes) {
    const types = consumes.map((type) => [type, { schema: { type: 'string', contentEncoding: 'binary' } }]);
    return { content: Object.fromEntries(types) };
  }
  if (!body) return undefined;
  const required = !body.safeParse(undefined).success;
  const schema = schemas.add(body, 'input');
  const shown = examples ? ownExamples(examples) : madeExample(body, schema, schemas);
  return { required, content: { 'application/json': { schema, ...shown } } };
}

/** @throws `invalid_settings` when an example of the view is not a body that the view takes */
export function requireExamples({ operationId, options: { consumes, body, examples = {} } }: Route): void {
  if (consumes || !body) return;
  for (const [summary, value] of Object.entries(examples)) {
    const { error } = body.safeParse(value);
    if (!error) continue;
    const wrong = toInputIssues(error).map(({ pointer, message }) => `${pointer || 'it'} ${message}`);
    throw apiErrors.invalid_settings(`The example "${summary}" of ${operationId} is no body for it: ${wrong.join('; ')}.`);
  }
}

/** The body that a description shows first; undefined when it shows none. */
export function firstExample(described: JsonSchema | undefined): unknown {
  const { example, examples } = (described?.content as Record<string, JsonSchema> | undefined)?.['application/json'] ?? {};
  const [first] = Object.values((examples ?? {}) as Record<string, { value: unknown }>);
  return first ? first.value : example;
}

function ownExamples(examples: Readonly<Record<string, unknown>>): JsonSchema {
  return { examples: Object.fromEntries(Object.entries(examples).map(([summary, value]) => [summary, { summary, value }])) };
}

/** What cannot be guessed is left out: a wrong example is worse than none. */
function madeExample(body: z.ZodType, schema: JsonSchema, schemas: SchemaCollector): JsonSchema {
  const example = exampleOf(schema, (reference) => schemas.find(reference));
  return accepts(body, example) ? { example } : {};
}

function accepts(body: z.ZodType, example: unknown): boolean {
  try {
    return body.safeParse(example).success;
  } catch {
    // A check of a host may rely on what it has not been told yet.
    return false;
  }
}
