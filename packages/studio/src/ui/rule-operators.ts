/** What a rule may be made of, each with what it takes. */
export const ruleOperators: Readonly<Record<string, string>> = {
  and: '[…]',
  or: '[…]',
  '!': '[a]',
  '!!': '[a]',
  var: '"path"',
  '==': '[a, b]',
  '!=': '[a, b]',
  '===': '[a, b]',
  '!==': '[a, b]',
  '>': '[a, b]',
  '>=': '[a, b]',
  '<': '[a, b]',
  '<=': '[a, b]',
  in: '[item, list or text]',
  if: '[test, then, else]',
  all: '[list, test]',
  some: '[list, test]',
  none: '[list, test]',
  map: '[list, value]',
  filter: '[list, test]',
  reduce: '[list, value, start]',
  missing: '["path", …]',
  missing_some: '[count, ["path", …]]',
  merge: '[list, …]',
  cat: '[text, …]',
  substr: '[text, from, length]',
  '+': '[a, …]',
  '-': '[a, b]',
  '*': '[a, …]',
  '/': '[a, b]',
  '%': '[a, b]',
  max: '[a, …]',
  min: '[a, …]',
};

/** More would be of no help to anybody. */
const MAXIMUM_PATHS = 500;
const MAXIMUM_DEPTH = 8;

/** Dotted paths to all that is in a value, with what stands there. @example pathsOf({ payload: { amount: 1 } }) // payload, payload.amount */
export function pathsOf(value: unknown): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const add = (inner: unknown, prefix: string, depth: number) => {
    if (typeof inner !== 'object' || inner === null || depth > MAXIMUM_DEPTH) return;
    const entries = Array.isArray(inner)
      ? inner.slice(0, 1).map((item, index) => [String(index), item] as const)
      : Object.entries(inner);
    for (const [name, below] of entries) {
      // A dot divides.
      if (found.size >= MAXIMUM_PATHS || name.includes('.')) continue;
      const path = prefix + name;
      found.set(path, below);
      add(below, `${path}.`, depth + 1);
    }
  };
  add(value, '', 0);
  return found;
}

/** What a value is, in a word. */
export function kindOfValue(value: unknown): 'text' | 'number' | 'boolean' | 'list' | 'object' | 'nothing' {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'text';
  return typeof value as 'number' | 'boolean' | 'object';
}
