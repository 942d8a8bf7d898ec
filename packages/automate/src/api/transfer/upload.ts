import { commonErrors } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import { headerOf } from '../http/request.ts';
import { transferLimits } from './limits.ts';

export const transferFormats = ['csv', 'json', 'jsonl'] as const;
export type TransferFormat = (typeof transferFormats)[number];

export const mediaTypes: Readonly<Record<TransferFormat, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
};

/** Media types an import takes: a format's own, or a file in a form. */
export const importTypes: readonly string[] = [...Object.values(mediaTypes), 'multipart/form-data'];

/** A file as it came, with the media type that says what it is. */
export interface Upload {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The body of an import, or the one file of the form that it is. */
export async function uploadOf(ctx: Context): Promise<Upload> {
  const declared = headerOf(ctx.request, 'content-type') ?? '';
  const type = declared.split(';')[0]?.trim().toLowerCase() ?? '';
  const bytes = ctx.request.rawBody ?? new Uint8Array();
  if (bytes.length === 0) throw commonErrors.invalid_input('The body is empty: send the rows.');
  return type === 'multipart/form-data' ? fileInForm(declared, bytes) : { type, bytes };
}

/** The one file of a form (RFC 7578). */
async function fileInForm(contentType: string, bytes: Uint8Array): Promise<Upload> {
  requireFewParts(contentType, bytes);
  const form = await new Response(Buffer.from(bytes), { headers: { 'content-type': contentType } }).formData().catch(() => {
    throw commonErrors.bad_request('The body is not a valid multipart form.');
  });
  const files = [...form.values()].filter((value) => value instanceof Blob);
  const [file] = files;
  if (!file || files.length > 1) throw commonErrors.invalid_input('Send exactly one file in the form.');
  const extension = (file as File).name?.split('.').at(-1)?.toLowerCase() ?? '';
  const type = Object.hasOwn(mediaTypes, extension)
    ? mediaTypes[extension as TransferFormat]
    : (file.type.split(';')[0]?.trim().toLowerCase() ?? '');
  if (!Object.values(mediaTypes).includes(type)) {
    throw commonErrors.invalid_input('The file must be CSV, JSON or JSON lines: name it .csv, .json or .jsonl.');
  }
  return { type, bytes: new Uint8Array(await file.arrayBuffer()) };
}

const MAXIMUM_PART_HEADERS = 8_192;
/** What a boundary may be made of, less what nobody uses: quoted or not it is the same text. */
const BOUNDARY = /;\s*boundary=(?:"([\w'.+-]{1,70})"|([\w'.+-]{1,70}))\s*(?:;|$)/i;

/** The parser of forms has no limits of its own: neither for the number of parts nor for the headers of one. */
function requireFewParts(contentType: string, bytes: Uint8Array): void {
  const found = BOUNDARY.exec(contentType);
  if (!found)
    throw commonErrors.bad_request("The form has no boundary, or one of other characters than letters, digits and -_.+'.");
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const delimiter = `--${found[1] ?? found[2]}`;
  let parts = 0;
  for (let start = body.indexOf(delimiter); start !== -1; start = body.indexOf(delimiter, start + delimiter.length)) {
    parts += 1;
    // The end of the form is a delimiter too.
    if (parts > transferLimits.parts + 1) throw commonErrors.payload_too_large(`A form has up to ${transferLimits.parts} parts.`);
    const end = body.indexOf('\r\n\r\n', start);
    if (end !== -1 && end - start > MAXIMUM_PART_HEADERS)
      throw commonErrors.bad_request('The headers of a part of the form are too long.');
  }
}
