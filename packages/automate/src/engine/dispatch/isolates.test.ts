import { expect, test } from 'vitest';
import { QueryError } from '../../db/index.ts';
import { createStrikes, isolates } from './isolates.ts';

const failed = (code: string, message = 'failed') => new QueryError({ message, code, constraint: undefined, columns: [] });

test('knows what may be the fault of one item', () => {
  for (const code of ['22021', '23514', '54000', '57014', '53200']) expect(isolates(failed(code)), code).toBe(true);
  expect(isolates(failed('XX000', 'invalid memory alloc request size 1073741824'))).toBe(true);
  expect(isolates(new RangeError('Invalid string length'))).toBe(true);
  for (const code of ['42P01', '40001', 'XX000', '53100']) expect(isolates(failed(code)), code).toBe(false);
  expect(isolates(new Error('socket hang up'))).toBe(false);
});

test('gives up at once what cannot be stored, and after three times what took too long', () => {
  const isOut = createStrikes();
  expect(isOut('a', failed('22021'))).toBe(true);
  expect([isOut('b', failed('57014')), isOut('b', failed('57014')), isOut('b', failed('57014'))]).toEqual([false, false, true]);
  expect(isOut('c', failed('57014'))).toBe(false);
});
