import { z } from 'zod';
import { errorMessage, findUnstorable, type InputIssue, type Json, toPointer } from '../../kernel/index.ts';
import { AnyObject } from '../schemas.ts';

/** A JSON Schema for data that people or programs send to a step that waits. */
export const DataSchema = AnyObject;
export type DataSchema = z.output<typeof DataSchema>;

export interface CompiledDataSchema {
  /** What is wrong with the schema itself. */
  readonly issues: readonly InputIssue[];
  /** What is wrong with data, as pointers into it. */
  check(data: unknown): InputIssue[];
}

/** They are evaluated by machines that can be made to take for ever, or name what lies elsewhere. */
const CLOSED_KEYWORDS = new Set(['pattern', 'patternProperties', '$ref', '$dynamicRef', '$id', '$anchor']);
const MAXIMUM_BYTES = 50_000;

/** Compiles a JSON Schema (draft 2020-12, without patterns and references). */
export function compileDataSchema(schema: DataSchema): CompiledDataSchema {
  const none: CompiledDataSchema['check'] = () => [];
  const closed = closedKeywords(schema as Json, []);
  if (closed.length > 0) return { issues: closed, check: none };
  const unstorable = findUnstorable(schema, { maxDepth: 20 });
  if (unstorable) return { issues: [unstorable], check: none };
  if (JSON.stringify(schema).length > MAXIMUM_BYTES)
    return { issues: [{ pointer: '', code: 'too_large', message: `must have at most ${MAXIMUM_BYTES} bytes` }], check: none };
  try {
    const compiled = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    return {
      issues: [],
      check(data) {
        const parsed = compiled.safeParse(data);
        if (parsed.success) return [];
        return parsed.error.issues.map(({ path, code, message }) => ({ pointer: toPointer(path), code, message }));
      },
    };
  } catch (error) {
    return {
      issues: [{ pointer: '', code: 'invalid_schema', message: `is no JSON Schema: ${errorMessage(error)}` }],
      check: none,
    };
  }
}

function closedKeywords(schema: Json, path: readonly (string | number)[]): InputIssue[] {
  if (typeof schema !== 'object' || schema === null) return [];
  // Below "properties" the keys are names of fields, and no keywords.
  const areNames = path.at(-1) === 'properties';
  return [...(Array.isArray(schema) ? schema.entries() : Object.entries(schema))].flatMap(([key, value]) => {
    const at = [...path, key];
    if (!areNames && CLOSED_KEYWORDS.has(String(key)))
      return [{ pointer: toPointer(at), code: 'keyword_not_allowed', message: `"${key}" cannot be used here` }];
    return closedKeywords(value as Json, at);
  });
}
