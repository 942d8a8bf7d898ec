import type { Outcome } from '../outcome.ts';
import { createLineSplitter, type Lines } from './lines.ts';

/** Looks at the stream of a provider on its way to the client. */
export interface Sniffer {
  /** What goes on to the client: whole lines, so that an error can be written behind them whenever the provider breaks off. */
  push(chunk: Uint8Array): Uint8Array;
  /** What is known now that the stream is over, and the bytes that still go on: a last line that nothing ended. */
  end(): Outcome & { readonly rest: Uint8Array };
}

export interface SnifferOptions {
  /** Most characters of text to keep. Without it no text is looked at, which is much cheaper. */
  readonly textLimit?: number;
}

/** What a protocol knows of its own stream. */
export interface Dialect {
  /** Whether an event must be read. It is given the JSON as it came, a character for each byte. */
  isWanted(json: string): boolean;
  /** Reads an event. @returns whether the client shall not see it */
  read(event: unknown): boolean;
  /** A line of data that is not JSON but ends the stream. */
  readonly terminator?: string;
  outcome(): Omit<Outcome, 'isComplete'> & { readonly isTerminated: boolean };
}

const NOTHING = new Uint8Array(0);

/**
 * A sniffer for a dialect. Parsed are the events it wants, and those that do not begin and end like any before: in a stream all events look
 * alike, and what does not is either something new or no JSON.
 */
export function createSniffer(dialect: Dialect): Sniffer {
  const splitter = createLineSplitter();
  const known = new Set<string>();
  let isMalformed = false;
  let isTerminated = false;
  let isDropping = false;

  /** @returns whether the line is to be left out */
  const readLine = (line: string): boolean => {
    if (line === '') {
      const isDropped = isDropping;
      isDropping = false;
      return isDropped;
    }
    isDropping = false;
    const json = jsonOf(line);
    if (json === undefined || json === '') return false;
    if (json === dialect.terminator) {
      isTerminated = true;
      // Whoever is told of an error is not told that all is well.
      return isMalformed || dialect.outcome().error !== undefined;
    }
    const shape = `${json.slice(0, 8)}${json.slice(-3)}`;
    if (known.has(shape) && !dialect.isWanted(json)) return false;
    const event = parse(json);
    if (event === undefined) {
      isMalformed = true;
      isDropping = true;
      return true;
    }
    if (known.size < 16) known.add(shape);
    // What a vendor says of its errors may name its keys: the client is told in our words.
    isDropping = dialect.read(event) || dialect.outcome().error !== undefined;
    return isDropping;
  };

  const readLines = (lines: Lines): Uint8Array => withoutSome(lines, readLine);

  return {
    push(chunk) {
      const lines = splitter.push(chunk);
      return lines ? readLines(lines) : NOTHING;
    },
    end() {
      const last = splitter.rest();
      const wasMalformed = isMalformed;
      let rest = readLines(last);
      // Half a line was cut, not malformed; it does not go on, so that what comes behind it can be read.
      if (isMalformed && !wasMalformed) {
        isMalformed = false;
        rest = NOTHING;
      }
      const { isTerminated: isOver, error: told, ...outcome } = dialect.outcome();
      const error = told ?? (isMalformed ? MALFORMED : splitter.hasOverflowed ? TOO_LONG : undefined);
      return { ...outcome, isComplete: (isOver || isTerminated) && !error, ...(error && { error }), rest };
    },
  };
}

/** The bytes without the lines that are left out. */
function withoutSome({ text, bytes }: Lines, isLeftOut: (line: string) => boolean): Uint8Array {
  let kept: Uint8Array[] | undefined;
  let from = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const next = newline === -1 ? text.length : newline + 1;
    const isReturn = end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN;
    if (isLeftOut(text.slice(start, isReturn ? end - 1 : end))) {
      kept ??= [];
      kept.push(bytes.subarray(from, start));
      from = next;
    }
    start = next;
  }
  if (!kept) return bytes;
  return Buffer.concat([...kept, bytes.subarray(from)]);
}

const MALFORMED = { code: 'malformed', message: 'The provider sent an event that is not JSON.' };
const TOO_LONG = { code: 'line_too_long', message: 'The provider sent a line that is too long to be read.' };
const CARRIAGE_RETURN = 0x0d;

/** The JSON of a line of data. Some providers write an error without `data:` in front. */
function jsonOf(line: string): string | undefined {
  if (line.startsWith('data:')) return line.slice(5).trim();
  return line.startsWith('{') ? line : undefined;
}

/** @returns undefined for what is no JSON object or list */
function parse(json: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(json, 'latin1').toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
