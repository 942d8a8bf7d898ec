import { below, isObject, isSame, partsOf, withEntry } from '../form/pointer.ts';

/** A place that two people have changed, each in another way. */
export interface Clash {
  /** JSON Pointer. */
  readonly pointer: string;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** What comes of two changes of one object. */
export interface Merge<T> {
  /** Both changes in one; where they clash, mine. */
  readonly value: T;
  readonly clashes: readonly Clash[];
  /** Places that only they have changed, and are joined. */
  readonly joined: readonly string[];
}

/**
 * Joins what I and somebody else have made of the same thing, field by field, and inside of objects too. A list is one value.
 * @example
 * threeWay({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 3 }) // { value: { a: 2, b: 3 }, clashes: [], joined: ['/b'] }
 */
export function threeWay<T extends object>(base: T, mine: T, theirs: T): Merge<T> {
  const clashes: Clash[] = [];
  const joined: string[] = [];
  return { value: visit(base, mine, theirs, '') as T, clashes, joined };

  function visit(from: unknown, left: unknown, right: unknown, pointer: string): unknown {
    if (isSame(left, right) || isSame(right, from)) return left;
    if (isSame(left, from)) {
      joined.push(pointer);
      return right;
    }
    if (!isObject(left) || !isObject(right)) {
      clashes.push({ pointer, base: from, mine: left, theirs: right });
      return left;
    }
    const before = isObject(from) ? from : {};
    // Names as they have them, mine behind them.
    const names = [...new Set([...Object.keys(right), ...Object.keys(left)])];
    const entries = names.map((name) => [
      name,
      visit(own(before, name), own(left, name), own(right, name), below(pointer, name)),
    ]);
    return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
  }
}

function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What is different, by name. What was taken out is undefined. */
export function changesOf<T extends object>(base: T, value: T): Partial<T> {
  const names = new Set([...Object.keys(base), ...Object.keys(value)]);
  const [before, after] = [base, value] as Record<string, unknown>[];
  return Object.fromEntries(
    [...names]
      .map((name) => [name, own(before ?? {}, name), own(after ?? {}, name)] as const)
      .filter(([, old, now]) => !isSame(old, now))
      .map(([name, , now]) => [name, now]),
  ) as Partial<T>;
}

/** The value with another one at a pointer into objects. */
export function withChoice<T extends object>(value: T, pointer: string, choice: unknown): T {
  const put = (at: unknown, [name, ...rest]: readonly string[]): unknown => {
    if (name === undefined) return choice;
    return withEntry(at, name, put(isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined, rest));
  };
  return put(value, partsOf(pointer)) as T;
}
