/** JSON Pointers (RFC 6901), and changing what one names without changing what is there. */
export function partsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** @example below('/lines', 0) // '/lines/0' */
export function below(pointer: string, part: string | number): string {
  return `${pointer}/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Whether it names the place itself, or one inside it. */
export function isWithin(pointer: string, place: string): boolean {
  return pointer === place || pointer.startsWith(`${place}/`);
}

/** The value at a pointer; undefined where there is none. Only own properties count. */
export function valueAt(value: unknown, pointer: string): unknown {
  let found = value;
  for (const part of partsOf(pointer)) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<string, unknown>)[part];
  }
  return found;
}

/** An object with another value for a name, in its old place; undefined takes the name out. */
export function withEntry(value: unknown, name: string, entry: unknown): Record<string, unknown> {
  const before = isObject(value) ? value : {};
  // Entries, and not an assignment: a name such as `__proto__` is one like others.
  if (entry === undefined) return Object.fromEntries(Object.entries(before).filter(([key]) => key !== name));
  if (!Object.hasOwn(before, name)) return Object.fromEntries([...Object.entries(before), [name, entry]]);
  return Object.fromEntries(Object.entries(before).map(([key, old]) => [key, key === name ? entry : old]));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a pointer fits a pattern, in which `*` stands for any one part. @example fits('/lines/3/price', '/lines/*\/price') */
export function fits(pointer: string, pattern: string): boolean {
  const parts = partsOf(pointer);
  const wanted = partsOf(pattern);
  return parts.length === wanted.length && wanted.every((part, at) => part === '*' || part === parts[at]);
}

/** Whether two JSON values say the same; the order of names does not matter, and what is undefined is not there. */
export function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  if (!isObject(left) || !isObject(right)) return false;
  const namesOf = (value: Record<string, unknown>) => Object.keys(value).filter((name) => value[name] !== undefined);
  const names = namesOf(left);
  return (
    names.length === namesOf(right).length && names.every((name) => Object.hasOwn(right, name) && isSame(left[name], right[name]))
  );
}
