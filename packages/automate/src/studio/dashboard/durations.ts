/** Each bin reaches 2 % further than the one before, so that what is told of it is right to 1 %. `durationBin` in SQL makes the same ones. */
const STEP = 1.02;

/** Number of the bin of a duration, in SQL. @param ms an expression, in milliseconds, as double precision */
export function durationBin(ms: string): string {
  return `case when ${ms} < 1 then 0 else ceil(ln(${ms}) / ${Math.log(STEP)})::int + 1 end`;
}

/** What a share of durations is within, in milliseconds, to 1 %. Undefined when there are none. @param share 0.5 is the median @param bins how many durations, by bin */
export function quantile(bins: ReadonlyMap<number, number>, share: number): number | undefined {
  let all = 0;
  for (const count of bins.values()) all += count;
  if (all === 0) return undefined;
  const rank = Math.max(Math.ceil(share * all), 1);
  let passed = 0;
  for (const bin of [...bins.keys()].sort((left, right) => left - right)) {
    passed += bins.get(bin) ?? 0;
    if (passed >= rank) return middleOf(bin);
  }
  return undefined;
}

function middleOf(bin: number): number {
  return bin === 0 ? 0 : Math.round((2 * STEP ** (bin - 1)) / (STEP + 1));
}

/** Adds counts to counts. */
export function addTo<Key>(sums: Map<Key, number>, counts: ReadonlyMap<Key, number>): void {
  for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count);
}
