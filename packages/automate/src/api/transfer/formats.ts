import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { commonErrors, errorMessage, findUnstorable, invalidInput } from '../../kernel/index.ts';
import type { Context } from '../context.ts';
import { apiErrors } from '../errors.ts';
import { parseJsonBody } from '../json-body.ts';
import { headerOf } from '../request.ts';
import { cellReader, EMPTY, fromCsv } from './csv.ts';

export const transferFormats = ['csv', 'json', 'jsonl'] as const;
export type TransferFormat = (typeof transferFormats)[number];

export const mediaTypes: Readonly<Record<TransferFormat, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
};

/** Media types an import takes: a format's own, or a file in a form. */
export const importTypes: readonly string[] = [...Object.values(mediaTypes), 'multipart/form-data'];

/** The rows of an import's body, as plain objects that are not validated yet. */
export async function readRows(ctx: Context, fields: z.ZodObject): Promise<readonly unknown[]> {
  const { type, bytes } = await uploadOf(ctx);
  switch (type) {
    case mediaTypes.csv:
      return rowsOfCsv(decode(bytes), fields);
    case mediaTypes.jsonl:
      return decode(bytes)
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => parseJsonBody(Buffer.from(line)));
    default: {
      const rows = parseJsonBody(bytes);
      if (!Array.isArray(rows)) throw commonErrors.invalid_input('Send a JSON array of rows.');
      return rows;
    }
  }
}

interface Upload {
  readonly type: string;
  readonly bytes: Uint8Array;
}

async function uploadOf(ctx: Context): Promise<Upload> {
  const declared = headerOf(ctx.request, 'content-type') ?? '';
  const type = declared.split(';')[0]?.trim().toLowerCase() ?? '';
  const bytes = ctx.request.rawBody ?? new Uint8Array();
  if (bytes.length === 0) throw commonErrors.invalid_input('The body is empty: send the rows.');
  return type === 'multipart/form-data' ? fileInForm(declared, bytes) : { type, bytes };
}

/** The one file of a form (RFC 7578). */
async function fileInForm(contentType: string, bytes: Uint8Array): Promise<Upload> {
  requireShortHeaders(contentType, bytes);
  const form = await new Response(Buffer.from(bytes), { headers: { 'content-type': contentType } }).formData().catch(() => {
    throw commonErrors.bad_request('The body is not a valid multipart form.');
  });
  const files = [...form.values()].filter((value) => value instanceof Blob);
  const [file] = files;
  if (!file || files.length > 1) throw commonErrors.invalid_input('Send exactly one file in the form.');
  const extension = (file as File).name?.split('.').at(-1)?.toLowerCase() ?? '';
  const type = mediaTypes[extension as TransferFormat] ?? file.type.split(';')[0] ?? '';
  if (!Object.values(mediaTypes).includes(type)) {
    throw commonErrors.invalid_input('The file must be CSV, JSON or JSON lines: name it .csv, .json or .jsonl.');
  }
  return { type, bytes: new Uint8Array(await file.arrayBuffer()) };
}

const MAXIMUM_PART_HEADERS = 8_192;

/** The parser of forms has no limit of its own for the headers of a part. */
function requireShortHeaders(contentType: string, bytes: Uint8Array): void {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return;
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const delimiter = `--${boundary}`;
  for (let start = body.indexOf(delimiter); start !== -1; ) {
    const end = body.indexOf('\r\n\r\n', start);
    if (end === -1) return;
    if (end - start > MAXIMUM_PART_HEADERS) throw commonErrors.bad_request('The headers of a part of the form are too long.');
    start = body.indexOf(delimiter, end);
  }
}

function rowsOfCsv(text: string, fields: z.ZodObject): unknown[] {
  const { columns, rows } = parseCsv(text);
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index);
  if (repeated !== undefined) throw commonErrors.invalid_input('A column is named twice in the first line.');
  const readers = columns.map((name) => cellReader((fields.shape[name] as z.ZodType | undefined) ?? z.string().optional(), name));
  return rows.map((cells) => {
    const row: Record<string, unknown> = Object.create(null);
    cells.forEach((cell, index) => {
      const name = columns[index];
      if (name === undefined) {
        if (cell !== EMPTY) row[`column ${index + 1}`] = cell;
        return;
      }
      const value = readers[index]?.(cell);
      if (value !== undefined) row[name] = value;
    });
    const issue = findUnstorable(row);
    if (issue) throw invalidInput([issue]);
    return { ...row };
  });
}

function parseCsv(text: string) {
  try {
    return fromCsv(text);
  } catch (error) {
    const line = /line (\d+)/.exec(errorMessage(error))?.[1];
    throw commonErrors.invalid_input(`The body is not valid CSV${line ? ` (line ${line})` : ''}.`);
  }
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw apiErrors.invalid_encoding('The body is not valid UTF-8.');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
