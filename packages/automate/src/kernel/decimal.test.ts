import { describe, expect, it } from 'vitest';
import { type Arithmetic, calculate, isMultipleOf, wouldChange } from './decimal.ts';

describe('calculate', () => {
  it.each<[number, Arithmetic, number, number | undefined]>([
    [1, '+', 2, 3],
    [0.1, '+', 0.2, 0.1 + 0.2],
    [2 ** 53 - 1, '+', 1, 2 ** 53],
    [2 ** 53, '+', 1, undefined],
    [2 ** 53 - 1, '+', 0.5, undefined],
    [-(2 ** 53), '-', 1, undefined],
    [1e10, '*', 1e10, 1e20],
    [94_906_267, '*', 94_906_269, undefined],
    [1e20, '/', 10, 1e19],
    [1e20, '/', 3, undefined],
    [1e16, '/', 32, 312_500_000_000_000],
    [1e23, '%', 10, undefined],
    [1e20, '%', 3, 1],
    [1e308, '*', 10, undefined],
    [1e308, '+', 1e308, undefined],
    [1, '/', 0, undefined],
    [0, '/', 0, undefined],
    [5, '%', 0, undefined],
    [1e308, '+', 1e-308, undefined],
  ])('%d %s %d is %d', (left, operator, right, expected) => {
    expect(calculate(operator, left, right)).toBe(expected);
  });

  it('gives no number for what is none', () => {
    expect(calculate('+', Number.NaN, 1)).toBeNaN();
  });
});

it('knows the texts whose number would change', () => {
  for (const text of ['9007199254740993', ' 9007199254740993 ', '+9007199254740993', '1e400', '-1e400', '0x20000000000001'])
    expect(wouldChange(text)).toBe(true);
  for (const text of ['', 'x', '12', '9007199254740992', '+9007199254740992', '1e23', '0x10', 'Infinity', '1.5'])
    expect(wouldChange(text)).toBe(false);
});

it('divides by digits', () => {
  expect(isMultipleOf(19.99, 0.01)).toBe(true);
  expect(isMultipleOf(1e308, 1e-300)).toBe(true);
  expect(isMultipleOf(19.995, 0.01)).toBe(false);
});
