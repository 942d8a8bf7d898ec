import { expect, it } from 'vitest';
import { distance, duration, shortId, size } from './format.ts';
import { en } from './text/en.ts';
import { it as italian } from './text/it.ts';

it.each([
  [0, '0 ms'],
  [-5, '0 ms'],
  [31.4, '31 ms'],
  [780, '0.78 s'],
  [9_994, '9.99 s'],
  [12_430, '12.4 s'],
  [60_000, '1 m'],
  [1_148_000, '19 m 8 s'],
  [10_920_000, '3 h 2 m'],
  [349_200_000, '4 d 1 h'],
])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

it('says how far away a time is by its largest unit', () => {
  const now = 1_000_000_000;
  expect([0, 999, 3_500, 61_000, 7_300_000].map((ms) => distance(now - ms, now, en))).toEqual([
    'now',
    'now',
    '3 s ago',
    '1 m ago',
    '2 h ago',
  ]);
  expect(distance(now + 90_000, now, italian)).toBe('tra 1 m');
});

it('shortens ids and sizes', () => {
  expect([shortId('01a234ef-8509-7730-978a-8a204df15bc2'), shortId('short')]).toEqual(['…4df15bc2', 'short']);
  expect([12, 65_536, 3_670_016].map(size)).toEqual(['12 B', '64 KB', '3.5 MB']);
});

it('says everything in each language', () => {
  const texts = (dictionary: object): string[] =>
    Object.entries(dictionary).flatMap(([name, value]) =>
      typeof value === 'object' ? texts(value).map((inner) => `${name}.${inner}`) : [name],
    );
  expect(texts(italian)).toEqual(texts(en));
});
