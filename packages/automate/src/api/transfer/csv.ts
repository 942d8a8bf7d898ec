import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import {
  AppError,
  type InputIssue,
  inexactNumberIssue,
  isExactNumber,
  numberOutOfRange,
  parseJson,
  toPointer,
} from '../../kernel/index.ts';

/** A cell that holds nothing, as against one that holds an empty text. */
export const EMPTY = Symbol('empty cell');

export type Cell = string | typeof EMPTY;

/** Rows as CSV (RFC 4180), one line for each, with a heading when asked for. */
export function toCsv(columns: readonly string[], rows: readonly object[], hasHeading: boolean): string {
  const cells = rows.map((row) => columns.map((column) => toCell((row as Readonly<Record<string, unknown>>)[column])));
  // An empty text is quoted and null is not, so that reading can tell them apart.
  return stringify(hasHeading ? [[...columns], ...cells] : cells, { quoted_match: /^$/ });
}

/**
 * Reads CSV. The first line names the columns.
 * @throws Error when it is not CSV; the message tells the line and holds no cell.
 */
export function fromCsv(text: string): { columns: string[]; rows: Cell[][] } {
  const [columns = [], ...rows] = parse(text, {
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    cast: (value, { quoting }): Cell => (value === '' && !quoting ? EMPTY : value),
  }) as Cell[][];
  return { columns: columns.map((name) => (name === EMPTY ? '' : name.trim())), rows };
}

/**
 * Prepares the reading of a column: the value a cell stands for, as far as the field's schema says what it looks for; else its
 * text, for the schema to refuse.
 * @param name of the column, for what is wrong with a number in it: `number_out_of_range`
 */
export function cellReader(field: z.ZodType, name = ''): (cell: Cell) => unknown {
  const kind = kindOf(z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }) as FieldSchema);
  // Nothing is null where the field can be null, and else a field that is not given.
  const nothing = field.safeParse(null).success || !field.safeParse(undefined).success ? null : undefined;
  return (cell) => (cell === EMPTY ? nothing : fromText(cell, kind, name));
}

function fromText(text: string, kind: string | undefined, name: string): unknown {
  if (kind === 'string') return unguarded(text);
  if ((kind === 'number' || kind === 'integer') && NUMBER.test(text)) return toNumber(text.trim(), name);
  if (kind === 'boolean') return BOOLEANS[text.trim().toLowerCase()] ?? text;
  if (kind === undefined || kind === 'array' || kind === 'object') return fromJson(text, name);
  return unguarded(text);
}

const NUMBER = /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i;
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false, yes: true, no: false };

interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly FieldSchema[];
}

/** The one type besides null, which a nullable field may be too; undefined when there are several. */
function kindOf({ type, anyOf = [] }: FieldSchema): string | undefined {
  const kinds = [type ?? anyOf.map(kindOf)].flat().filter((kind) => kind !== 'null');
  return kinds.length === 1 ? kinds[0] : undefined;
}

function fromJson(cell: string, name: string): unknown {
  try {
    return parseJson(cell);
  } catch (error) {
    if (!AppError.is(error)) return unguarded(cell);
    const place = pointerTo(name);
    throw numberOutOfRange({ ...(error.errors?.[0] as InputIssue), pointer: `${place}${error.errors?.[0]?.pointer ?? ''}` });
  }
}

function toNumber(text: string, name: string): number {
  if (!isExactNumber(text)) throw numberOutOfRange(inexactNumberIssue(pointerTo(name), text));
  return Number(text);
}

function toCell(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return guarded(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

// A spreadsheet runs a text that starts like a formula (OWASP, CSV injection), so it gets an apostrophe, which reading takes away.
const FORMULA = /^'*[=+\-@\t\r]/;

function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function unguarded(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}

function pointerTo(name: string): string {
  return name === '' ? '' : toPointer([name]);
}
