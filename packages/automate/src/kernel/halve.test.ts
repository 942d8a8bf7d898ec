import { expect, test } from 'vitest';
import { halve } from './halve.ts';

const isBad = (error: unknown) => error instanceof RangeError;

test('finds the items at fault and lets the others through', async () => {
  const through: number[] = [];
  const { done, refused } = await halve(
    [1, 2, 3, 4, 5, 6, 7],
    async (items) => {
      if (items.some((item) => item === 3 || item === 7)) throw new RangeError('bad');
      through.push(...items);
      return items.length;
    },
    isBad,
  );
  expect(through).toEqual([1, 2, 4, 5, 6]);
  expect(done.reduce((sum, count) => sum + count, 0)).toBe(5);
  expect(refused.map(({ item }) => item)).toEqual([3, 7]);
});

test('throws what is nobody’s fault', async () => {
  await expect(halve([1, 2], () => Promise.reject(new Error('away')), isBad)).rejects.toThrow('away');
  expect(await halve([], () => Promise.reject(new Error('away')), isBad)).toEqual({ done: [], refused: [] });
});
