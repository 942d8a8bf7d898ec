import { commonErrors, invalidInput } from '../../kernel/index.ts';

/** One file of a form. */
export interface FormFile {
  readonly name: string | undefined;
  readonly contentType: string | undefined;
  /** Its bytes as they come; has to be read before the next file is asked for. */
  readonly source: AsyncIterable<Uint8Array>;
}

const MAXIMUM_HEADERS = 8_192;
const MAXIMUM_FILES = 20;
/** What a boundary may be made of, less what nobody uses: quoted or not it is the same text. */
const BOUNDARY = /;\s*boundary=(?:"([\w'.+-]{1,70})"|([\w'.+-]{1,70}))\s*(?:;|$)/i;

/**
 * The files of a form (RFC 7578) while it comes: none is ever held in memory.
 * @throws AppError `bad_request` for what is no form or ends too early, `invalid_input` for one with fields
 */
export async function* filesOf(body: AsyncIterable<Uint8Array>, contentType: string): AsyncGenerator<FormFile> {
  const boundary = BOUNDARY.exec(contentType);
  if (!boundary)
    throw commonErrors.bad_request("The form has no boundary, or one of other characters than letters, digits and -_.+'.");
  const input = createInput(body, `\r\n--${boundary[1] ?? boundary[2]}`);
  // What stands before the first part is for nobody.
  let before = 0;
  for await (const piece of input.untilDelimiter()) {
    before += piece.length;
    if (before > MAXIMUM_HEADERS)
      throw commonErrors.bad_request('The body is not a valid multipart form: it does not begin with its boundary.');
  }
  for (let count = 0; await input.hasPart(); count += 1) {
    if (count === MAXIMUM_FILES) throw commonErrors.payload_too_large(`A form has up to ${MAXIMUM_FILES} files: send several.`);
    const part = describe(await input.headers());
    const source = input.untilDelimiter();
    yield { ...part, source };
    for await (const _ of source);
  }
  await input.finish();
}

interface Input {
  /** The bytes up to the next delimiter. */
  untilDelimiter(): AsyncGenerator<Buffer>;
  /** Whether a part follows the delimiter that was read, or the end. */
  hasPart(): Promise<boolean>;
  headers(): Promise<string>;
  /** Reads what may stand after the last part, if it is little. */
  finish(): Promise<void>;
}

function createInput(body: AsyncIterable<Uint8Array>, delimiter: string): Input {
  const pieces = body[Symbol.asyncIterator]();
  // The first delimiter has no line before it.
  let rest: Buffer = Buffer.from('\r\n');

  async function more(): Promise<void> {
    const { value, done } = await pieces.next();
    if (done) throw commonErrors.bad_request('The form ends before its last part does.');
    rest = Buffer.concat([rest, value]);
  }

  return {
    async *untilDelimiter() {
      for (;;) {
        const end = rest.indexOf(delimiter);
        // Of what may be the beginning of a delimiter nothing is said yet.
        const sure = end === -1 ? Math.max(0, rest.length - delimiter.length + 1) : end;
        const piece = rest.subarray(0, sure);
        rest = rest.subarray(end === -1 ? sure : end + delimiter.length);
        if (piece.length > 0) yield piece;
        if (end !== -1) return;
        await more();
      }
    },
    async hasPart() {
      while (rest.length < 2) await more();
      if (rest.toString('latin1', 0, 2) === '--') return false;
      while (rest.indexOf('\r\n') === -1 && rest.length < MAXIMUM_HEADERS) await more();
      if (!/^[ \t]*\r\n/.test(rest.toString('latin1', 0, MAXIMUM_HEADERS)))
        throw commonErrors.bad_request('The body is not a valid multipart form.');
      // A part without headers begins with the empty line at once: the line of the delimiter stays for it.
      rest = rest.subarray(rest.indexOf('\r\n'));
      return true;
    },
    async headers() {
      let end = rest.indexOf('\r\n\r\n');
      while (end === -1 && rest.length <= MAXIMUM_HEADERS) {
        await more();
        end = rest.indexOf('\r\n\r\n');
      }
      if (end === -1 || end > MAXIMUM_HEADERS) throw commonErrors.bad_request('The headers of a part of the form are too long.');
      const text = rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 4);
      return text;
    },
    async finish() {
      for (let left = MAXIMUM_HEADERS; left > 0; ) {
        const { value, done } = await pieces.next();
        if (done) return;
        left -= value.byteLength;
      }
    },
  };
}

function describe(headers: string): Omit<FormFile, 'source'> {
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? '';
  const name = parameter(disposition, 'filename');
  const field = parameter(disposition, 'name');
  if (!/^\s*form-data\s*(?:;|$)/i.test(disposition) || field === undefined)
    throw commonErrors.bad_request('A part of the form has no name: the body is not a valid multipart form.');
  if (name === undefined)
    throw invalidInput([{ pointer: `/${field.slice(0, 40)}`, code: 'unknown_field', message: 'is not a file: send files only' }]);
  const contentType = /^content-type:(.*)$/im.exec(headers)?.[1]?.trim();
  return { name: name === '' ? undefined : name, contentType };
}

/** As browsers write it (HTML, 4.10.21.8), and as RFC 8187 does. */
function parameter(header: string, name: string): string | undefined {
  const extended = new RegExp(`;\\s*${name}\\*=UTF-8'[^']*'([^;\\s]+)`, 'i').exec(header)?.[1];
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended);
    } catch {
      throw commonErrors.bad_request('The name of a file in the form cannot be read.');
    }
  }
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s"]+))`, 'i').exec(header);
  const text = found && (found[1] ?? found[2]);
  return text
    ?.replaceAll('\\"', '"')
    .replace(/%22/g, '"')
    .replace(/%0D|%0A/gi, ' ');
}
