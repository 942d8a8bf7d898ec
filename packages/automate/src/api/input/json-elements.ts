import { commonErrors, createPace } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];
/** Bytes between two looks at the clock. */
const STRETCH = 65_536;

/**
 * The elements of a JSON array as they are written, one after the other: a long one is never parsed as a whole, and nothing behind an element
 * is looked at before it is asked for. Elements themselves are not checked.
 * @param options.maximum most bytes of an element
 * @param options.tooLarge the refusal of the element at this place, from 1
 * @throws `invalid_input` when it is no array, `invalid_json` when it does not end as one
 */
export async function* jsonElements(
  bytes: Uint8Array,
  { maximum, tooLarge }: { maximum: number; tooLarge(place: number): Error },
): AsyncGenerator<Uint8Array> {
  const pace = createPace();
  let position = beginning(bytes);
  if (bytes[position] !== OPEN) throw commonErrors.invalid_input('Send a JSON array.');
  position += 1;
  let place = 1;
  let start = position;
  let depth = 1;
  let isText = false;
  for (let pause = position + STRETCH; depth > 0; position += 1) {
    if (position >= pause) {
      await pace();
      pause += STRETCH;
    }
    if (position >= bytes.length) throw notClosed();
    if (position - start > maximum) throw tooLarge(place);
    const byte = bytes[position];
    if (isText) {
      if (byte === BACKSLASH) position += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === OPEN || byte === OPEN_OBJECT) depth += 1;
    else if (byte === CLOSE || byte === CLOSE_OBJECT) {
      depth -= 1;
      // An array that holds nothing has no element either.
      if (depth === 0 && (place > 1 || afterBlanks(bytes, start) < position)) yield elementOf(bytes, start, position);
    } else if (byte === COMMA && depth === 1) {
      yield elementOf(bytes, start, position);
      await pace();
      start = position + 1;
      place += 1;
    }
  }
  if (bytes[position - 1] !== CLOSE || afterBlanks(bytes, position) < bytes.length) throw notClosed();
}

/** Whether a JSON text is that of an array. */
export function startsList(bytes: Uint8Array): boolean {
  return bytes[beginning(bytes)] === OPEN;
}

function beginning(bytes: Uint8Array): number {
  const hasMark = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte);
  return afterBlanks(bytes, hasMark ? BYTE_ORDER_MARK.length : 0);
}

function elementOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (afterBlanks(bytes, start) >= end)
    throw apiErrors.invalid_json('The body is not valid JSON: an element of its array is missing.');
  return bytes.subarray(start, end);
}

function afterBlanks(bytes: Uint8Array, start: number): number {
  let position = start;
  while (BLANKS.has(bytes[position] ?? -1)) position += 1;
  return position;
}

const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

function notClosed() {
  return apiErrors.invalid_json('The body is not valid JSON: its array does not end where it should.');
}
