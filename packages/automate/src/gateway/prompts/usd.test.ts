import { expect, it } from 'vitest';
import { usdOf } from './usd.ts';

it.each([
  [null, null],
  [0, '0'],
  [1, '0.000000001'],
  [1_500_000, '0.0015'],
  [1_000_000_000, '1'],
  [12_340_000_000n, '12.34'],
])('%s nano-dollars are %s', (nanos, shown) => {
  expect(usdOf(nanos)).toBe(shown);
});
