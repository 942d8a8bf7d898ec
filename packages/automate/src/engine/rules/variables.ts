import type { Json, JsonObject } from '../../kernel/index.ts';

/** Their second argument sees an item of the list, not the scope. */
const ITERATORS = new Set(['map', 'filter', 'reduce', 'all', 'some', 'none']);

/** The dotted paths that a rule reads from its scope. */
export function variablesOf(rule: Json): string[] {
  const found = new Set<string>();
  const queue: Json[] = [rule];
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    if (typeof part !== 'object' || part === null) continue;
    if (Array.isArray(part)) {
      queue.push(...part);
      continue;
    }
    for (const [operator, argument] of Object.entries(part)) {
      const operands: readonly Json[] = Array.isArray(argument) ? argument : [argument];
      if (operator === 'var' && typeof operands[0] === 'string' && operands[0] !== '') found.add(operands[0]);
      queue.push(...(ITERATORS.has(operator) ? operands.slice(0, 1) : operands));
    }
  }
  return [...found].sort();
}

/** The value behind each dotted path, for showing what a rule saw. A path that leads nowhere is null. */
export function valuesOf(paths: readonly string[], scope: JsonObject): Record<string, Json> {
  return Object.fromEntries(paths.map((path) => [path, lookUp(path, scope)]));
}

function lookUp(path: string, scope: JsonObject): Json {
  let value: Json = scope;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as JsonObject)[key] ?? null;
  }
  return value;
}
