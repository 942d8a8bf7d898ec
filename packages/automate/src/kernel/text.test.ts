import { expect, test } from 'vitest';
import { cutText, storableText } from './text.ts';

test('makes text storable', () => {
  expect(storableText('a\u0000b')).toBe('a\uFFFDb');
  expect(storableText('\ud83dx')).toBe('\uFFFDx');
  expect(storableText('😀')).toBe('😀');
});

test('cuts between characters', () => {
  expect(cutText('abc', 3)).toBe('abc');
  expect(cutText('abc', 2)).toBe('ab');
  expect(cutText('a😀b', 2)).toBe('a');
  expect(cutText('a😀b', 3)).toBe('a😀');
  expect(cutText('😀', 0)).toBe('');
});
