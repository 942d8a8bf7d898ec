import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sizesOf } from './sizes.ts';

const sizes = sizesOf(join(import.meta.dirname, 'dist'));

test('the first page needs at most 150 KiB of script', () => {
  expect(sizes.initial).toBeLessThanOrEqual(150);
});

test.each(Object.entries(sizes.routes))('%s adds at most 140 KiB', (_, size) => {
  expect(size).toBeLessThanOrEqual(140);
});

test('pages are loaded when they are opened', () => {
  expect(Object.keys(sizes.routes)).toContain('executions-page');
});
