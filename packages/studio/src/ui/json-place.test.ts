import { expect, test } from 'vitest';
import { placeOf } from './json-place.ts';

const text = `{
  "a/b": { "list": [1, {"x": "}\\"]"}, true] },
  "c": null
}`;

test.each([
  ['/a~1b/list/0', '1'],
  ['/a~1b/list/1/x', '"}\\"]"'],
  ['/a~1b/list/2', 'true'],
  ['/c', 'null'],
  ['/a~1b/list/1', '{"x": "}\\"]"}'],
  // As much of the way as there is.
  ['/a~1b/list/1/y/z', '{"x": "}\\"]"}'],
])('%s', (pointer, expected) => {
  const { from, to } = placeOf(text, pointer);
  expect(text.slice(from, to)).toBe(expected);
});

test.each(['', '{', '{"a"', '{"a":[1,', ']]', '"', '{"a" 1}'])('%j, which is no JSON, has a place for everything', (broken) => {
  const { from, to } = placeOf(broken, '/a/1');
  expect(from).toBeLessThanOrEqual(to);
  expect(to).toBeLessThanOrEqual(broken.length);
});
