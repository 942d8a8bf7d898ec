/** Numbers about vectors. */
export function lengthOf(vector: readonly number[]): number {
  return Math.hypot(...vector);
}

/** From -1 to 1; 1 points the same way. NaN for one without a length, or of another size. */
export function cosine(left: readonly number[], right: readonly number[]): number {
  if (left.length !== right.length) return Number.NaN;
  const product = left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
  return product / (lengthOf(left) * lengthOf(right));
}
