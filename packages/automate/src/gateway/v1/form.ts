import type { z } from 'zod';
import { type Context, headerOf, toInputIssues } from '../../api/index.ts';
import { commonErrors, invalidInput } from '../../kernel/index.ts';

/** A file of a form. */
export interface SentFile {
  readonly field: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A form as it was sent; a field whose name ends in `[]`, or that stands in it twice, is a list. */
export interface SentForm {
  readonly texts: readonly (readonly [field: string, value: string])[];
  readonly files: readonly SentFile[];
}

const MOST_PARTS = 100;
const MOST_HEADERS = 4_096;
const MOST_TEXT = 262_144;
const BOUNDARY = /;\s*boundary=(?:"([\w'.+-]{1,70})"|([\w'.+-]{1,70}))\s*(?:;|$)/i;

/** Reads a form (RFC 7578) that is in memory; its files are parts of the body and no copies. @throws AppError `bad_request` */
export function readForm({ request }: Pick<Context, 'request'>): SentForm {
  const found = BOUNDARY.exec(headerOf(request, 'content-type') ?? '');
  const body = request.rawBody;
  if (!found || !body) throw broken('it has no boundary, or nothing in it');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = `--${found[1] ?? found[2]}`;
  const texts: [string, string][] = [];
  const files: SentFile[] = [];
  let at = bytes.indexOf(delimiter);
  if (at !== 0) throw broken('it does not begin with its boundary');
  for (let count = 0; ; count += 1) {
    at += delimiter.length;
    if (bytes.toString('latin1', at, at + 2) === '--') return { texts, files };
    if (count === MOST_PARTS) throw commonErrors.payload_too_large(`A form has up to ${MOST_PARTS} parts.`);
    const start = bytes.indexOf('\r\n\r\n', at);
    if (start === -1 || start - at > MOST_HEADERS) throw broken('the headers of a part have no end');
    const end = bytes.indexOf(`\r\n${delimiter}`, start + 2);
    if (end === -1) throw broken('it ends before its last part does');
    const headers = bytes.toString('utf8', at, start);
    add(headers, bytes.subarray(start + 4, Math.max(start + 4, end)));
    at = end + 2;
  }

  function add(headers: string, value: Buffer): void {
    const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(headers)?.[1] ?? '';
    const field = parameter(disposition, 'name');
    if (field === undefined) throw broken('a part has no name');
    const name = parameter(disposition, 'filename');
    const mediaType = /^content-type:\s*([^;\r\n]+)/im.exec(headers)?.[1]?.trim().toLowerCase() ?? '';
    if (name !== undefined) files.push({ field, name, mediaType, bytes: value });
    else if (value.length > MOST_TEXT)
      throw invalidInput([
        { pointer: `/${field.slice(0, 60)}`, code: 'too_big', message: `must have at most ${MOST_TEXT} bytes` },
      ]);
    else texts.push([field, value.toString('utf8')]);
  }
}

/** The texts of a form as a schema wants them. @throws AppError `invalid_input` */
export function parseForm<Schema extends z.ZodObject>(schema: Schema, { texts }: SentForm): z.output<Schema> {
  const values = new Map<string, string | string[]>();
  for (const [field, value] of texts) {
    const name = field.replace(/\[\d*\]$/, '');
    const known = values.get(name);
    if (name !== field || known !== undefined) values.set(name, [...(known === undefined ? [] : [known].flat()), value]);
    else values.set(name, value);
  }
  const parsed = schema.safeParse(Object.fromEntries(values));
  if (!parsed.success) throw invalidInput(toInputIssues(parsed.error));
  return parsed.data as z.output<Schema>;
}

/** The same form for another model, with defaults for what it does not say. */
export function formFor({ texts, files }: SentForm, model: string, defaults: Readonly<Record<string, unknown>>): FormData {
  const form = new FormData();
  form.append('model', model);
  for (const [field, value] of texts) if (field !== 'model') form.append(field, value);
  for (const [field, value] of Object.entries(defaults)) {
    const isSaid = field === 'model' || texts.some(([given]) => given.replace(/\[\d*\]$/, '') === field);
    if (!isSaid && ['string', 'number', 'boolean'].includes(typeof value)) form.append(field, String(value));
  }
  for (const { field, name, mediaType, bytes } of files)
    form.append(field, new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mediaType }), name || 'file');
  return form;
}

function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s"]+))`, 'i').exec(disposition);
  return found ? (found[1] ?? found[2]) : undefined;
}

function broken(why: string) {
  return commonErrors.bad_request(`The body is not a valid multipart form: ${why}.`);
}
