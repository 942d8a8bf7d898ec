import { expect, it } from 'vitest';
import { quantile } from './durations.ts';

/** As `durationBin` does in SQL. */
const binOf = (ms: number) => (ms < 1 ? 0 : Math.ceil(Math.log(ms) / Math.log(1.02)) + 1);

it('tells what a share of durations is within, to 1 %', () => {
  const durations = Array.from({ length: 10_000 }, (_, index) => Math.floor(1.0015 ** index));
  const bins = new Map<number, number>();
  for (const ms of durations) bins.set(binOf(ms), (bins.get(binOf(ms)) ?? 0) + 1);
  for (const share of [0, 0.01, 0.5, 0.95, 0.999, 1]) {
    const exact = durations[Math.max(Math.ceil(share * durations.length) - 1, 0)] ?? 0;
    expect(Math.abs((quantile(bins, share) ?? Number.NaN) - exact)).toBeLessThanOrEqual(Math.max(exact * 0.0101, 0.5));
  }
  expect(quantile(new Map(), 0.5)).toBeUndefined();
  expect(quantile(new Map([[0, 3]]), 0.95)).toBe(0);
});
