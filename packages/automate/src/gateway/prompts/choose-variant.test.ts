import { describe, expect, it } from 'vitest';
import { chooseVariant } from './choose-variant.ts';

const seeds = Array.from({ length: 10_000 }, (_, index) => `caller ${index}`);
const of = (one: number, other: number) => [
  { version: 1, weight: one },
  { version: 2, weight: other },
];
const second = (variants: ReturnType<typeof of>) => seeds.filter((seed) => chooseVariant(variants, seed) === 2);

describe('who gets which variant', () => {
  it('follows the weights', () => {
    for (const [one, other] of [
      [90, 10],
      [1, 1],
      [1, 999_999],
    ] as const) {
      const share = second(of(one, other)).length / seeds.length;
      expect(Math.abs(share - other / (one + other))).toBeLessThan(0.02);
    }
  });

  it('stays the same, whatever the order of the variants', () => {
    expect(second(of(3, 1))).toEqual(second(of(30, 10).toReversed()));
  });

  it('moves no more than has to when weights change', () => {
    const [few, many] = [new Set(second(of(90, 10))), new Set(second(of(70, 30)))];
    expect([...few].filter((seed) => !many.has(seed))).toEqual([]);
  });

  it('is drawn anew without a seed', () => {
    expect([0, 0.49, 0.5, 0.999].map((drawn) => chooseVariant(of(1, 1), undefined, () => drawn))).toEqual([1, 1, 2, 2]);
  });
});
