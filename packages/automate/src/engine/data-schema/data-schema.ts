import type { z } from 'zod';
import { findUnstorable, type InputIssue, type Json } from '../../kernel/index.ts';
import { AnyObject } from '../schemas.ts';
import { checkSchema } from './schema-grammar.ts';
import { checkValue } from './schema-values.ts';

/** A JSON Schema for data that people or programs send to a step that waits. */
export const DataSchema = AnyObject;
export type DataSchema = z.output<typeof DataSchema>;

/** Most bytes of data for a step that waits, as JSON. */
export const MAXIMUM_DATA = 65_536;
const MAXIMUM_BYTES = 50_000;
const MAXIMUM_DEPTH = 20;

/**
 * What is wrong with a JSON Schema (draft 2020-12, those of its keywords that cannot be made to take for ever), with pointers into it.
 * Asked when a graph is saved: what was stored before is taken as it is, and data that it cannot judge is refused.
 */
export function dataSchemaIssues(schema: DataSchema): InputIssue[] {
  const unstorable = findUnstorable(schema, { maxDepth: MAXIMUM_DEPTH });
  if (unstorable) return [unstorable];
  if (Buffer.byteLength(JSON.stringify(schema)) > MAXIMUM_BYTES)
    return [{ pointer: '', code: 'too_large', message: `must have at most ${MAXIMUM_BYTES} bytes` }];
  return checkSchema(schema as Json);
}

/** What is wrong with data for a step that waits, with pointers into it. Takes a bounded time, whatever the schema and the data are. */
export function dataIssues(schema: DataSchema | undefined, data: Json): InputIssue[] {
  if (Buffer.byteLength(JSON.stringify(data)) > MAXIMUM_DATA)
    return [{ pointer: '', code: 'too_large', message: `must have at most ${MAXIMUM_DATA} bytes` }];
  return schema ? checkValue(schema as Json, data) : [];
}

/** What is wrong with data of any size, with pointers into it. Takes a bounded time as well: what cannot be judged in it is refused. */
export function valueIssues(schema: DataSchema, data: Json): InputIssue[] {
  const unstorable = findUnstorable(data);
  return unstorable ? [unstorable] : checkValue(schema as Json, data);
}
