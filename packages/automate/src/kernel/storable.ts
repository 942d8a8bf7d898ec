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
  const walk = new Walk(maxDepth, maxBytes, isStrict);
  const value = walk.any(walk.present(given), 0);
  return { value, bytes: walk.bytes };
}

/** One walk through a value. A class, since most values are small: closures would take more room than the copy. */
class Walk {
  bytes = 0;
  readonly #maxDepth: number;
  readonly #maxBytes: number;
  readonly #isStrict: boolean;

  constructor(maxDepth: number, maxBytes: number, isStrict: boolean) {
    this.#maxDepth = maxDepth;
    this.#maxBytes = maxBytes;
    this.#isStrict = isStrict;
  }

  /** What is not there is null, where that is not refused. */
  present(value: unknown): unknown {
    return !this.#isStrict && isAbsent(value) ? null : value;
  }

  any(value: unknown, depth: number): Json {
    if (typeof value === 'string') {
      this.#take(bytesOf(value) + 2);
      return storableText(value);
    }
    if (typeof value === 'number') {
      this.#take(Number.isInteger(value) && Math.abs(value) < 1e6 ? 7 : 18);
      if (!Number.isFinite(value)) throw new NotStorable('not_json', `holds ${value}, which is no number of JSON`);
      return value === 0 ? 0 : value;
    }
    if (typeof value === 'boolean' || value === null) {
      this.#take(5);
      return value;
    }
    if (typeof value !== 'object') throw new NotStorable('not_json', `holds a ${typeof value}, which JSON cannot hold`);
    if (depth >= this.#maxDepth) throw new NotStorable('too_deep', `is nested deeper than ${this.#maxDepth} levels`);
    this.#take(2);
    return Array.isArray(value) ? this.#list(value, depth) : this.#object(value, depth);
  }

  #take(amount: number): void {
    this.bytes += amount;
    if (this.bytes > this.#maxBytes) throw new NotStorable('too_large', `has more than ${this.#maxBytes} bytes`);
  }

  #list(list: readonly unknown[], depth: number): Json {
    // Not `map`, which keeps the holes.
    const copy: Json[] = [];
    for (const item of list) {
      this.#take(1);
      copy.push(this.any(this.present(item), depth + 1));
    }
    return copy;
  }

  #requireJson(object: object): void {
    if (this.#isStrict && isNoJson(object)) throw noJson(object);
    if (object instanceof Date && Number.isNaN(object.getTime())) throw new NotStorable('not_json', 'holds a date that is none');
  }

  #object(object: object, depth: number): Json {
    const isPlain = Object.getPrototypeOf(object) === Object.prototype;
    if (!isPlain) this.#requireJson(object);
    const { toJSON } = object as { toJSON?: unknown };
    if (typeof toJSON === 'function') return this.any(this.present(toJSON.call(object, '')), depth + 1);
    if (!isPlain && isOpaque(object)) throw noJson(object);
    const record = object as Readonly<Record<string, unknown>>;
    const keys = Object.keys(record);
    const copy: Record<string, Json> = {};
    let isChanged = false;
    for (const key of isInOrder(keys) ? keys : keys.toSorted(byPlace)) {
      const item = record[key];
      if (item === undefined || (!this.#isStrict && isAbsent(item))) continue;
      const name = storableText(key);
      isChanged ||= name !== key;
      if (name === '__proto__' || (isChanged && Object.hasOwn(copy, name)))
        throw new NotStorable('forbidden_key', `holds the key ${JSON.stringify(name)}${name === '__proto__' ? '' : ' twice'}`);
      this.#take(bytesOf(name) + 4);
      copy[name] = this.any(item, depth + 1);
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
