/** More tokens than any model reads: what is added up and priced stays exact below it. */
const MOST = 1e12;

/**
 * A count of tokens as a provider wrote it: what is no number of tokens counts as 0, never as NaN.
 * Digits in a text are read too, since what was counted is also paid.
 */
export function countOf(value: unknown): number {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0)) return 0;
  return Math.min(Math.trunc(number), MOST);
}

/** The first of these counts that a provider gave. */
export function firstCount(...values: readonly unknown[]): number {
  return countOf(values.find((value) => value !== undefined && value !== null));
}

/** A member of whatever a provider sent, undefined where there is none. */
export function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
