import { MINIMUM_SECRET_LENGTH } from '../../kernel/index.ts';

/** Each is looked for in many forms, in all that the step leaves behind. */
const MAXIMUM_VALUES = 200;
const MAXIMUM_LENGTH = 262_144;

/** What came out where a template worked on a secret, by the `secrets` of its scope. */
const derived = new WeakMap<object, Set<string>>();

/**
 * From now on notes what templates make of these secrets.
 * @param secrets what templates see as `secrets`
 * @returns the values, growing by what is made of them
 */
export function watchSecrets(secrets: Readonly<Record<string, string>>): ReadonlySet<string> {
  const values = new Set(Object.values(secrets));
  derived.set(secrets, values);
  return values;
}

/**
 * Called with what a filter made of what; notes it when a secret went in.
 * @throws Error when more was made of secrets than can be looked for
 */
export function noteDerived(secrets: unknown, operands: readonly unknown[], result: unknown): void {
  const known = typeof secrets === 'object' && secrets !== null ? derived.get(secrets) : undefined;
  if (!known || typeof result !== 'string' || known.has(result)) return;
  const isSecret = (operand: unknown) => typeof operand === 'string' && [...known].some((value) => operand.includes(value));
  // `default` may hand on what was no secret before.
  if (!operands.some(isSecret) || (!isSecret(result) && operands.includes(result))) return;
  add(known, result);
}

/**
 * Notes a text that something else made of these secrets, if it is long enough to be told from other text.
 * @throws Error when more was made of secrets than can be looked for
 */
export function noteMade(secrets: object, text: string): void {
  const known = derived.get(secrets);
  if (known && !known.has(text) && text.length >= MINIMUM_SECRET_LENGTH) add(known, text);
}

function add(known: Set<string>, result: string): void {
  const length = [...known].reduce((sum, value) => sum + value.length, result.length);
  if (known.size >= MAXIMUM_VALUES || length > MAXIMUM_LENGTH) throw new Error('the step makes too much of its secrets');
  known.add(result);
}
