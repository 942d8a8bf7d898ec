import { expect, it } from 'vitest';
import { changesOf, threeWay, withChoice } from './merge.ts';

it('joins what does not clash, inside of objects too, and names what does', () => {
  const base = { name: 'a', config: { x: 1, y: 1 }, tags: ['p'], gone: 1 };
  const mine = { name: 'b', config: { x: 2, y: 1 }, tags: ['p', 'q'] };
  const theirs = { name: 'c', config: { x: 1, y: 3, z: null }, tags: ['p'], gone: 1 };
  expect(threeWay<object>(base, mine, theirs)).toEqual({
    value: { name: 'b', config: { x: 2, y: 3, z: null }, tags: ['p', 'q'] },
    clashes: [{ pointer: '/name', base: 'a', mine: 'b', theirs: 'c' }],
    joined: ['/config/y', '/config/z'],
  });
});

it('has no clash where both did the same, and one where a field was taken out and changed', () => {
  expect(threeWay<object>({ a: 1 }, { a: 2 }, { a: 2 }).clashes).toEqual([]);
  const { clashes, value } = threeWay<object>({ a: 1, b: 1 }, { b: 1 }, { a: 2, b: 1 });
  expect(clashes).toEqual([{ pointer: '/a', base: 1, mine: undefined, theirs: 2 }]);
  expect(withChoice(value, '/a', 2)).toEqual({ b: 1, a: 2 });
});

it('keeps names that are special to JavaScript, and those with slashes', () => {
  const odd = (value: number) => JSON.parse(`{"__proto__": {"a/b": ${value}}, "constructor": ${value}, "~": 1}`) as object;
  const { value, clashes } = threeWay(odd(1), odd(2), odd(3));
  expect(JSON.stringify(value)).toBe(JSON.stringify(odd(2)));
  expect(clashes.map(({ pointer }) => pointer)).toEqual(['/__proto__/a~1b', '/constructor']);
  expect(JSON.stringify(withChoice(value, '/__proto__/a~1b', 9))).toContain('"a/b":9');
  expect(({} as { 'a/b'?: unknown })['a/b']).toBeUndefined();
});

it('tells what is different', () => {
  expect(changesOf<object>({ a: 1, b: { c: 1 }, d: 1 }, { a: 1, b: { c: 2 }, e: null })).toEqual({
    b: { c: 2 },
    d: undefined,
    e: null,
  });
});

it('loses nothing of either side, whatever they made', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const make = (depth: number): unknown => {
    const kind = random(depth > 2 ? 3 : 5);
    if (kind === 0) return random(3);
    if (kind === 1) return null;
    if (kind === 2) return 'x'.repeat(random(3));
    if (kind === 3) return Array.from({ length: random(3) }, () => make(depth + 1));
    return Object.fromEntries(['a', 'b', 'c'].filter(() => random(2)).map((name) => [name, make(depth + 1)]));
  };
  const object = () => ({ a: make(0), b: make(0), c: make(0) });
  for (let round = 0; round < 2_000; round += 1) {
    const [base, mine, theirs] = [object(), object(), object()];
    const { value, clashes } = threeWay(base, mine, theirs);
    // Without clashes, what either changed is in it; with all of theirs chosen, nothing of a clash is mine.
    expect(threeWay(base, mine, base)).toEqual({ value: mine, clashes: [], joined: [] });
    expect(threeWay(base, base, theirs).value).toEqual(theirs);
    const back = clashes.reduce((all, { pointer, theirs: other }) => withChoice(all, pointer, other), value);
    expect(threeWay(base, back, theirs).clashes).toEqual([]);
  }
});
