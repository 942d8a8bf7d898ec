import { toPointer } from './json.ts';

/** What JSON cannot carry of a value, and where it stands. */
export interface Unstorable {
  /** JSON Pointer; empty for the whole. */
  readonly pointer: string;
  /** As part of a sentence, such as `a Date`. */
  readonly what: string;
}

type Path = readonly (string | number)[];

/**
 * The first thing in a value that JSON does not carry as it is: a cycle, or what it would leave out, make something else of, or refuse. For the
 * moment in which a value was refused, to say why; so it takes its time. A property that is undefined counts as one that is not there.
 */
export function findUnstorableValue(value: unknown): Unstorable | undefined {
  const ended = new Set<object>();
  return look(value, [], new Set());

  function look(at: unknown, path: Path, within: Set<object>): Unstorable | undefined {
    const what = nameOf(at);
    if (what !== undefined) return { pointer: toPointer(path), what };
    if (typeof at !== 'object' || at === null || ended.has(at)) return undefined;
    if (within.has(at)) return { pointer: toPointer(path), what: 'a value that contains itself' };
    const { toJSON } = at as { toJSON?: unknown };
    if (typeof toJSON === 'function') return undefined;
    // No deeper than any value may be: what lies there is refused for its depth.
    if (path.length > MAXIMUM_DEPTH) return undefined;
    within.add(at);
    for (const [key, item] of entriesOf(at)) {
      if (item === undefined && !Array.isArray(at)) continue;
      const found = look(item, [...path, key], within);
      if (found) return found;
    }
    within.delete(at);
    ended.add(at);
    return undefined;
  }
}

const MAXIMUM_DEPTH = 1_000;

function entriesOf(value: object): Iterable<[string | number, unknown]> {
  return Array.isArray(value) ? value.entries() : Object.entries(value);
}

function nameOf(value: unknown): string | undefined {
  if (value === undefined) return 'undefined';
  if (typeof value === 'bigint') return 'a BigInt';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${value}`;
  return typeof value === 'object' && value !== null && isNoJson(value)
    ? `a value of the kind ${value.constructor.name}`
    : undefined;
}

/** What has no enumerable entries that would be what it holds. */
export function isOpaque(object: object): boolean {
  return (
    ArrayBuffer.isView(object) ||
    object instanceof ArrayBuffer ||
    object instanceof Map ||
    object instanceof Set ||
    object instanceof Promise ||
    object instanceof RegExp
  );
}

/** The same, and what would become something else: the text of a date, the nothing of an error. */
export function isNoJson(object: object): boolean {
  return isOpaque(object) || object instanceof Date || object instanceof Error;
}
