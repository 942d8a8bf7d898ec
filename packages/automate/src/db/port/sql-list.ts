/**
 * SQL for being one of some words, which are ours: `status ${sqlIn(['failed'])}`. Made once, it keeps the text of a statement the same.
 * @param words letters, digits and `_` only
 */
export function sqlIn(words: readonly string[]): string {
  return `in (${words.map((word) => `'${word}'`).join(', ')})`;
}
