import { expect, it } from 'vitest';
import { lineDiff } from './line-diff.ts';

const shown = (before: string, after: string) =>
  lineDiff(before, after)
    .map(({ kind, text }) => ({ same: ' ', removed: '-', added: '+' })[kind] + text)
    .join('\n');

it('tells the lines that went, those that came, and those that stay', () => {
  expect(shown('a\nb\nc\nd', 'a\nx\nc\nd\ne')).toBe(' a\n-b\n+x\n c\n d\n+e');
  expect(shown('same', 'same')).toBe(' same');
  expect(shown('', 'new')).toBe('-\n+new');
});

it('comes to an end with any number of lines, and loses none', () => {
  const many = (prefix: string) => Array.from({ length: 20_000 }, (_, index) => `${prefix}${index}`).join('\n');
  const lines = lineDiff(`head\n${many('a')}\ntail`, `head\n${many('b')}\ntail`);
  expect(lines).toHaveLength(40_002);
  expect([lines[0]?.kind, lines.at(-1)?.kind]).toEqual(['same', 'same']);
});
