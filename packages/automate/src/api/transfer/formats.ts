import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { commonErrors, createPace, findUnstorable, invalidInput } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import { apiErrors } from '../http/errors.ts';
import { parseJsonBody } from '../input/json-body.ts';
import { jsonElements } from '../input/json-elements.ts';
import { type Cell, cellReader, EMPTY } from './csv.ts';
import { readCsv } from './csv-reader.ts';
import { rowTooLarge, tooManyRows, transferLimits } from './limits.ts';
import { mediaTypes, uploadOf } from './upload.ts';

/**
 * The rows of an import's body, as plain objects that are not validated yet.
 * @param options.rowBytes most bytes of one
 * @throws `payload_too_large` as soon as it is known to be more than {@link transferLimits}
 */
export async function readRows(ctx: Context, fields: z.ZodObject, options: { rowBytes: number }): Promise<readonly unknown[]> {
  const { type, bytes } = await uploadOf(ctx);
  if (!isUtf8(bytes)) throw apiErrors.invalid_encoding('The body is not valid UTF-8.');
  const rows: unknown[] = [];
  for await (const row of type === mediaTypes.csv ? csvRows(bytes, fields, options) : jsonRows(type, bytes, options)) {
    if (rows.length >= transferLimits.rows) throw tooManyRows();
    rows.push(row);
    ctx.request.signal.throwIfAborted();
  }
  return rows;
}

async function* jsonRows(type: string, bytes: Uint8Array, { rowBytes }: { rowBytes: number }): AsyncGenerator<unknown> {
  const tooLarge = (row: number) => rowTooLarge(rowBytes, row);
  const pieces = type === mediaTypes.jsonl ? lines(bytes, rowBytes) : jsonElements(bytes, { maximum: rowBytes, tooLarge });
  for await (const piece of pieces) yield parseJsonBody(piece);
}

const LINE_FEED = 0x0a;
const BLANK_LINE = /^\s*$/;

/** Lines of JSON, without those that hold nothing. */
async function* lines(bytes: Uint8Array, maximum: number): AsyncGenerator<Uint8Array> {
  const pace = createPace();
  let row = 1;
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    if (end - start > maximum) throw rowTooLarge(maximum, row);
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    if (!BLANK_LINE.test(line.toString('latin1'))) {
      yield line;
      row += 1;
    }
    start = end + 1;
    await pace();
  }
}

async function* csvRows(bytes: Uint8Array, fields: z.ZodObject, options: { rowBytes: number }): AsyncGenerator<unknown> {
  let columns: readonly Column[] | undefined;
  for await (const cells of readCsv(bytes, options)) {
    if (columns) yield rowOf(cells, columns);
    else columns = columnsOf(cells, fields);
  }
}

interface Column {
  readonly name: string;
  read(cell: Cell): unknown;
}

/** What the first line names; each name is looked up once, among the fields alone. */
function columnsOf(cells: readonly Cell[], { shape }: z.ZodObject): readonly Column[] {
  const names = cells.map((cell) => (cell === EMPTY ? '' : cell.trim()));
  if (new Set(names).size < names.length) throw commonErrors.invalid_input('A column is named twice in the first line.');
  return names.map((name) => ({
    name,
    read: Object.hasOwn(shape, name) ? cellReader(shape[name] as z.ZodType, name) : readUnknown,
  }));
}

const readUnknown = cellReader(z.string().optional());

function rowOf(cells: readonly Cell[], columns: readonly Column[]): object {
  const row: Record<string, unknown> = Object.create(null);
  for (const [index, cell] of cells.entries()) {
    const column = columns[index];
    if (!column) {
      if (cell !== EMPTY) row[`column ${index + 1}`] = cell;
      continue;
    }
    const value = column.read(cell);
    if (value !== undefined) row[column.name] = value;
  }
  const issue = findUnstorable(row);
  if (issue) throw invalidInput([issue]);
  return { ...row };
}
