import { describe, expect, it } from 'vitest';
import { namedPoints, ticksOf } from './ticks.ts';

describe('ticks', () => {
  it.each([
    [0, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [1_390, [0, 500, 1_000, 1_500]],
    [41, [0, 20, 40, 60]],
  ])('of up to %i are round', (most, expected) => expect(ticksOf(most, 'count')).toEqual(expected));

  it.each([
    [31, [0, 10, 20, 30, 40]],
    [5_100, [0, 2_000, 4_000, 6_000]],
    [200_000, [0, 60_000, 120_000, 180_000, 240_000]],
    [86_400_000 * 9, [0, 3, 6, 9].map((days) => days * 86_400_000)],
  ])('of %i ms are what people count time in', (most, expected) => expect(ticksOf(most, 'milliseconds')).toEqual(expected));

  it('cover what there is, and are few', () => {
    for (let most = 1; most < 5_000_000; most = Math.ceil(most * 1.07)) {
      for (const unit of ['count', 'milliseconds'] as const) {
        const ticks = ticksOf(most, unit);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
      }
    }
  });

  it('name the first, the last, and none too near to it', () => {
    expect(namedPoints(3, 6)).toEqual([0, 1, 2]);
    expect(namedPoints(25, 7)).toEqual([0, 4, 8, 12, 16, 20, 24]);
    for (let count = 8; count < 60; count += 1) {
      const named = namedPoints(count, 7);
      expect([named[0], named.at(-1)]).toEqual([0, count - 1]);
      expect(named.length).toBeLessThanOrEqual(8);
    }
  });
});
