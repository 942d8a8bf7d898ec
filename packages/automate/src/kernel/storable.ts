import { AppError } from './errors.ts';
import type { Json } from './json.ts';
import { isNoJson, isOpaque } from './storable-fault.ts';
import { storableText } from './text.ts';

/** Why a value cannot be kept as it is. */
export type StorableFault = 'too_deep' | 'too_large' | 'not_json' | 'forbidden_key';

/** A value that is refused rather than changed; `code` is a {@link StorableFault}. */
export class NotStorable extends AppError {
  declare readonly code: StorableFault;

  constructor(code: StorableFault, detail: string) {
    super({ status: 422, code, title: 'Value cannot be stored', detail });
  }
}

export interface StorableLimits {
  /** Deepest nesting of objects and arrays. Default 128. */
  readonly maxDepth?: number;
  /** About how many bytes it may take as JSON. Default: no limit. */
  readonly maxBytes?: number;
  /**
   * Whether what JSON would leave out or make something else of is refused too: functions, symbols, dates, errors, and `undefined` where it
   * stands alone or in a list. Default false.
   */
  readonly isStrict?: boolean;
}

export interface Storable {
  readonly value: Json;
  /** About how many bytes it takes as JSON. */
  readonly bytes: number;
}

/** An event may be 64 levels deep, and stands within others here. */
const MAXIMUM_DEPTH = 128;

/**
 * Makes a value what it will be when it is read from the database again, so that nobody can tell whether it was: keys in the order
 * of PostgreSQL's `jsonb`, no negative zero, NUL and lone surrogates as U+FFFD, dates as text, and without what `JSON.stringify` leaves
 * out (undefined, functions, symbols). Anything else that JSON cannot hold is refused, never changed. It walks no deeper and no longer than the limits allow. The result is a copy.
 * @throws NotStorable
 */
export function toStorable(
  given: unknown,
  { maxDepth = MAXIMUM_DEPTH, maxBytes = Number.POSITIVE_INFINITY, isStrict = false }: StorableLimits = {},
): Storable {
  let bytes = 0;
  const present = isStrict ? (item: unknown) => item : nullForAbsent;
  const value = walk(present(given), 0);
  return { value, bytes };

  function take(amount: number): void {
    bytes += amount;
    if (bytes > maxBytes) throw new NotStorable('too_large', `has more than ${maxBytes} bytes`);
  }

  function walk(value: unknown, depth: number): Json {
    if (typeof value === 'string') {
      take(bytesOf(value) + 2);
      return storableText(value);
    }
    if (typeof value === 'number') {
      take(Number.isInteger(value) && Math.abs(value) < 1e6 ? 7 : 18);
      if (!Number.isFinite(value)) throw new NotStorable('not_json', `holds ${value}, which is no number of JSON`);
      return value === 0 ? 0 : value;
    }
    if (typeof value === 'boolean' || value === null) {
      take(5);
      return value;
    }
    if (typeof value !== 'object') throw new NotStorable('not_json', `holds a ${typeof value}, which JSON cannot hold`);
    if (depth >= maxDepth) throw new NotStorable('too_deep', `is nested deeper than ${maxDepth} levels`);
    take(2);
    return Array.isArray(value) ? walkList(value, depth) : walkObject(value, depth);
  }

  function walkList(list: readonly unknown[], depth: number): Json {
    // Not `map`, which keeps the holes.
    const copy: Json[] = [];
    for (const item of list) {
      take(1);
      copy.push(walk(present(item), depth + 1));
    }
    return copy;
  }

  function requireJson(object: object): void {
    if (isStrict && isNoJson(object)) throw noJson(object);
    if (object instanceof Date && Number.isNaN(object.getTime())) throw new NotStorable('not_json', 'holds a date that is none');
  }

  function walkObject(object: object, depth: number): Json {
    const isPlain = Object.getPrototypeOf(object) === Object.prototype;
    if (!isPlain) requireJson(object);
    const { toJSON } = object as { toJSON?: unknown };
    if (typeof toJSON === 'function') return walk(present(toJSON.call(object, '')), depth + 1);
    if (!isPlain && isOpaque(object)) throw noJson(object);
    const record = object as Readonly<Record<string, unknown>>;
    const keys = Object.keys(record);
    const copy: Record<string, Json> = {};
    let isChanged = false;
    for (const key of isInOrder(keys) ? keys : keys.toSorted(byPlace)) {
      const item = record[key];
      if (item === undefined || (!isStrict && isAbsent(item))) continue;
      const name = storableText(key);
      isChanged ||= name !== key;
      if (name === '__proto__' || (isChanged && Object.hasOwn(copy, name)))
        throw new NotStorable('forbidden_key', `holds the key ${JSON.stringify(name)}${name === '__proto__' ? '' : ' twice'}`);
      take(bytesOf(name) + 4);
      copy[name] = walk(item, depth + 1);
    }
    // What was changed to be storable may have another place.
    return isChanged ? Object.fromEntries(Object.entries(copy).toSorted(([left], [right]) => byPlace(left, right))) : copy;
  }
}

/**
 * The value alone of {@link toStorable}.
 * @throws NotStorable
 */
export function toStorableJson(value: unknown, limits?: StorableLimits): Json {
  return toStorable(value, limits).value;
}

function noJson(object: object): NotStorable {
  return new NotStorable('not_json', `holds a ${object.constructor.name}, which JSON cannot hold`);
}

function nullForAbsent(value: unknown): unknown {
  return isAbsent(value) ? null : value;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

/** Whether an object with these keys would have them in the same order after it was read from `jsonb`. */
function isInOrder(keys: readonly string[]): boolean {
  let before: string | undefined;
  for (const key of keys) {
    // JavaScript moves these to the front by itself.
    if (isIndex(key)) continue;
    if (before !== undefined && byPlace(before, key) > 0) return false;
    before = key;
  }
  return true;
}

/** `jsonb` sorts keys by their bytes in UTF-8, shorter ones first. */
function byPlace(left: string, right: string): number {
  const one = bytesOf(left);
  const other = bytesOf(right);
  if (one !== other) return one - other;
  // As many bytes as characters: all are ASCII, and compare like their bytes.
  if (one === left.length && other === right.length) return left < right ? -1 : Number(left > right);
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** For a short text, to count is faster than to ask. */
function bytesOf(text: string): number {
  if (text.length > 32) return Buffer.byteLength(text);
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return Buffer.byteLength(text);
  return text.length;
}

function isIndex(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57 && String(Number(key) >>> 0) === key && key !== '4294967295';
}
