const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Steps that people count time in. */
const TIMES = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  .concat([1, 2, 5, 10, 20, 30].map((count) => count * SECOND))
  .concat([1, 2, 5, 10, 20, 30].map((count) => count * MINUTE))
  .concat([1, 2, 3, 6, 12, 24].map((count) => count * HOUR));

/** Round numbers from 0 to as much as there is, or a little more: two to five of them. @param unit whole numbers, or milliseconds */
export function ticksOf(maximum: number, unit: 'count' | 'milliseconds'): readonly number[] {
  const most = Math.max(maximum, 1);
  const step = unit === 'count' ? countStep(most) : timeStep(most);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step);
}

function countStep(most: number): number {
  const size = 10 ** Math.floor(Math.log10(most / 4));
  const fit = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((step) => most / step <= 4) ?? 10 * size;
  return Math.max(Math.ceil(fit), 1);
}

function timeStep(most: number): number {
  return TIMES.find((step) => most / step <= 4) ?? Math.ceil(most / 4 / (24 * HOUR)) * 24 * HOUR;
}

/** Which of so many points are named below an axis: the first, the last, and some between. */
export function namedPoints(count: number, names: number): readonly number[] {
  if (count <= names) return Array.from({ length: count }, (_, index) => index);
  const step = Math.ceil((count - 1) / (names - 1));
  const chosen: number[] = [];
  for (let index = 0; index < count - 1; index += step) chosen.push(index);
  // Not so near to the last one that both run into each other.
  if (count - 1 - (chosen.at(-1) ?? 0) < step * 0.6) chosen.pop();
  return [...chosen, count - 1];
}
