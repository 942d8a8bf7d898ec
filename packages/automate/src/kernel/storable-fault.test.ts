import { expect, it } from 'vitest';
import { toStorable } from './storable.ts';
import { findUnstorableValue } from './storable-fault.ts';

const circle: { list: unknown[] } = { list: [1] };
circle.list.push({ back: circle });
const shared = { a: 1 };

it.each<[string, unknown, string, string]>([
  ['undefined at the top', undefined, '', 'undefined'],
  ['undefined in a list', { a: [1, undefined] }, '/a/1', 'undefined'],
  ['a hole in a list', new Array(1), '/0', 'undefined'],
  ['a BigInt', { a: [{ 'b/c': 10n }] }, '/a/0/b~1c', 'a BigInt'],
  ['a function', { run: () => 1 }, '/run', 'a function'],
  ['a symbol', [Symbol('x')], '/0', 'a symbol'],
  ['no number', { a: Number.NaN }, '/a', 'NaN'],
  ['a number beyond all bounds', [Number.NEGATIVE_INFINITY], '/0', '-Infinity'],
  ['a date', { at: new Date(0) }, '/at', 'a value of the kind Date'],
  ['a map', new Map([['a', 1]]), '', 'a value of the kind Map'],
  ['bytes', { bytes: Buffer.from('x') }, '/bytes', 'a value of the kind Buffer'],
  ['an error', { error: new TypeError('x') }, '/error', 'a value of the kind TypeError'],
  ['a promise', { later: Promise.resolve(1) }, '/later', 'a value of the kind Promise'],
  ['a circle', circle, '/list/1/back', 'a value that contains itself'],
])('finds %s, and it is refused', (_, value, pointer, what) => {
  expect(findUnstorableValue(value)).toEqual({ pointer, what });
  expect(() => toStorable(value, { isStrict: true })).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^(not_json|too_deep)$/) }),
  );
});

it.each<[string, unknown, unknown]>([
  ['the same twice', [shared, shared], [{ a: 1 }, { a: 1 }]],
  ['a property that is undefined', { a: 1, b: undefined }, { a: 1 }],
  ['what says itself how it is JSON', { url: new URL('https://example.com/a') }, { url: 'https://example.com/a' }],
  [
    'an object of a class',
    {
      at: new (class Point {
        x = 1;
      })(),
    },
    { at: { x: 1 } },
  ],
])('has nothing against %s', (_, value, stored) => {
  expect(findUnstorableValue(value)).toBeUndefined();
  expect(toStorable(value, { isStrict: true }).value).toEqual(stored);
});

it('looks no deeper than it has to', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(findUnstorableValue(deep)).toBeUndefined();
});
