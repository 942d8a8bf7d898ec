import { isExactNumber } from './decimal.ts';
import { type AppError, commonErrors, type InputIssue } from './errors.ts';
import { toPointer } from './json.ts';

/**
 * Reads JSON that comes from outside. A number that JavaScript cannot hold is refused instead of changed.
 * @param pointer where the text stands in the input
 * @throws SyntaxError when it is no JSON
 * @throws AppError `number_out_of_range` with a JSON Pointer to the number
 * @example
 * parseJson('{"id": 7615917337495251231}'); // number_out_of_range at /id
 */
export function parseJson(text: string, pointer = ''): unknown {
  const value: unknown = JSON.parse(text);
  const issue = CANDIDATE.test(text) ? findInexactNumber(text) : undefined;
  if (issue) throw numberOutOfRange({ ...issue, pointer: `${pointer}${issue.pointer}` });
  return value;
}

/**
 * The same, where such numbers are handed on as texts with all their digits.
 * @throws SyntaxError when it is no JSON
 * @example
 * parseJsonWithTexts('[7615917337495251231, 1]'); // ['7615917337495251231', 1]
 */
export function parseJsonWithTexts(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!CANDIDATE.test(text)) return value;
  const pieces: string[] = [];
  let done = 0;
  for (const { start, end } of inexactNumbers(text)) {
    pieces.push(text.slice(done, start), '"', text.slice(start, end), '"');
    done = end;
  }
  return done === 0 ? value : JSON.parse(pieces.join('') + text.slice(done));
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a number that JavaScript cannot hold. */
export function inexactNumberIssue(pointer: string, literal: string): InputIssue {
  const shown = literal.length > MAXIMUM_SHOWN ? `${literal.slice(0, MAXIMUM_SHOWN)}…` : literal;
  const message = `is the number ${shown}, which cannot be kept exactly: send it as a text`;
  return { pointer, code: 'number_out_of_range', message };
}

/** A 400 for one. */
export function numberOutOfRange(issue: InputIssue): AppError {
  const where = issue.pointer === '' ? 'The value' : issue.pointer;
  return commonErrors.number_out_of_range(`${where}: ${issue.message}`, { errors: [issue] });
}

/** What a number from 2^53 on has: as many digits, or an exponent. */
const CANDIDATE = /\d[\d.]{15}|\d[eE]\+?\d/;
const MAXIMUM_SHOWN = 40;
const MAXIMUM_KEYS = 20;

function findInexactNumber(text: string): InputIssue | undefined {
  for (const { start, end } of inexactNumbers(text)) return inexactNumberIssue(pointerAt(text, start), text.slice(start, end));
  return undefined;
}

/** Where they stand in a text that is known to be JSON. */
function* inexactNumbers(text: string): Generator<{ start: number; end: number }> {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (code === MINUS || isDigit(code)) {
      const start = at;
      while (at + 1 < text.length && isInNumber(text.charCodeAt(at + 1))) at += 1;
      const end = at + 1;
      if (!isExactNumber(text.slice(start, end))) yield { start, end };
    }
  }
}

/** The path to what stands at a position of a text that is known to be JSON; of a very deep one, its first keys. */
function pointerAt(text: string, position: number): string {
  const path: (string | number)[] = [];
  let key = '';
  for (let at = 0; at < position; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfText(text, at);
      key = text.slice(at, end + 1);
      at = end;
    } else if (code === OPEN_LIST) path.push(0);
    else if (code === OPEN_OBJECT) path.push('');
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) path.pop();
    else if (code === COLON) path[path.length - 1] = key;
    else if (code === COMMA && typeof path.at(-1) === 'number') path[path.length - 1] = (path.at(-1) as number) + 1;
  }
  const keys = path.slice(0, MAXIMUM_KEYS).map((part) => (typeof part === 'number' ? part : (JSON.parse(part) as string)));
  return toPointer(keys);
}

/** The place of the quote that ends the text which starts here. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Digits, `.`, `+`, `-`, `e` and `E`. */
function isInNumber(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x2b || code === MINUS || code === 0x65 || code === 0x45;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
