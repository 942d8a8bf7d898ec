import { expect, it } from 'vitest';
import { arrayLiteral } from './array-literal.ts';

it('leaves to the driver what is no text, number or boolean', () => {
  expect(arrayLiteral([new Date(0)])).toBeUndefined();
  expect(arrayLiteral([['a']])).toBeUndefined();
  expect(arrayLiteral([Buffer.from('a')])).toBeUndefined();
  expect(arrayLiteral([])).toBe('{}');
});
