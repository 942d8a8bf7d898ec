import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import {
  AppError,
  inexactNumberIssue,
  isExactNumber,
  isJson,
  numberOutOfRange,
  parseJson,
  toPointer,
} from '../../kernel/index.ts';
import { guarded, unguarded } from './formula.ts';

/** A cell that holds nothing, as against one that holds an empty text. */
export const EMPTY = Symbol('empty cell');

export type Cell = string | typeof EMPTY;

/**
 * Prepares the writing of rows as CSV (RFC 4180), one line for each, with a heading when asked for.
 * @param fields what the columns hold: a text in one that may hold other things too is written so that it is read as the text
 */
export function csvWriter(
  fields: z.ZodObject,
  columns: readonly string[],
): (rows: readonly object[], hasHeading: boolean) => string {
  const writers = columns.map((name) => {
    const isText = Object.hasOwn(fields.shape, name) && kindOfField(fields.shape[name] as z.ZodType) !== undefined;
    return { name, isText };
  });
  return (rows, hasHeading) => {
    const cells = rows.map((row) =>
      writers.map(({ name, isText }) => toCell((row as Readonly<Record<string, unknown>>)[name], isText)),
    );
    // An empty text is quoted and null is not, so that reading can tell them apart.
    return stringify(hasHeading ? [[...columns], ...cells] : cells, { quoted_match: /^$/ });
  };
}

/**
 * Prepares the reading of a column: the value a cell stands for, as far as the field's schema says what it looks for; else its
 * text, for the schema to refuse.
 * @param name of the column, for what is wrong with a number in it: `number_out_of_range`
 */
export function cellReader(field: z.ZodType, name = ''): (cell: Cell) => unknown {
  const kind = kindOfField(field);
  // Nothing is null where the field can be null, and else a field that is not given.
  const nothing = field.safeParse(null).success || !field.safeParse(undefined).success ? null : undefined;
  return (cell) => (cell === EMPTY ? nothing : fromText(cell, kind, name));
}

function fromText(text: string, kind: string | undefined, name: string): unknown {
  if (kind === 'string') return unguarded(text);
  if ((kind === 'number' || kind === 'integer') && NUMBER.test(text)) return toNumber(text.trim(), name);
  if (kind === 'boolean') return BOOLEANS.get(text.trim().toLowerCase()) ?? text;
  if (kind === undefined || kind === 'array' || kind === 'object') return fromJson(text, name);
  return unguarded(text);
}

const NUMBER = /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
  ['yes', true],
  ['no', false],
]);

interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly FieldSchema[];
}

function kindOfField(field: z.ZodType): string | undefined {
  return kindOf(z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }) as FieldSchema);
}

/** The one type besides null, which a nullable field may be too; undefined when there are several. */
function kindOf({ type, anyOf = [] }: FieldSchema): string | undefined {
  const kinds = [type ?? anyOf.map(kindOf)].flat().filter((kind) => kind !== 'null');
  return kinds.length === 1 ? kinds[0] : undefined;
}

function fromJson(cell: string, name: string): unknown {
  try {
    return parseJson(cell, pointerTo(name));
  } catch (error) {
    if (AppError.is(error)) throw error;
    return unguarded(cell);
  }
}

function toNumber(text: string, name: string): number {
  if (!isExactNumber(text)) throw numberOutOfRange(inexactNumberIssue(pointerTo(name), text));
  return Number(text);
}

function toCell(value: unknown, isText: boolean): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') return typeof value === 'object' ? JSON.stringify(value) : String(value);
  // A text that would be read as another value, such as `12`.
  return isText || !isJson(value) ? guarded(value) : JSON.stringify(value);
}

function pointerTo(name: string): string {
  return name === '' ? '' : toPointer([name]);
}
