import { expect, test } from 'vitest';
import { TransientMap } from './transient-map.ts';

test('holds what is in it, in the order in which it came', () => {
  const map = new TransientMap<number>();
  map.set('b', 1);
  map.set('a', 2);
  map.set('b', 3);
  expect(map.size).toBe(2);
  expect(map.keys()).toEqual(['b', 'a']);
  expect(map.values()).toEqual([3, 2]);
  expect([map.get('b'), map.get('c'), map.has('a'), map.has('c')]).toEqual([3, undefined, true, false]);
  map.delete('b');
  map.delete('b');
  expect([map.size, map.has('b'), map.values()]).toEqual([1, false, [2]]);
});

test('has nothing that was not put into it', () => {
  const map = new TransientMap<number>();
  for (const name of ['toString', 'constructor', '__proto__']) {
    expect(map.has(name)).toBe(false);
    map.set(name, 1);
    expect(map.get(name)).toBe(1);
    map.delete(name);
    expect(map.has(name)).toBe(false);
  }
  expect(map.size).toBe(0);
});
