import { expect, it } from 'vitest';
import { firstIdOf, isUuid, newId, timeOfId } from './ids.ts';

it('makes ids that are unique, sort by when they were made, and tell it', () => {
  const before = Date.now();
  const ids = Array.from({ length: 20_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(ids.toSorted());
  expect(ids.every((id) => isUuid(id) && id[14] === '7' && '89ab'.includes(id[19] as string))).toBe(true);
  expect(timeOfId(ids[0] as string)).toBeGreaterThanOrEqual(before);
  expect(timeOfId(ids.at(-1) as string)).toBeLessThanOrEqual(Date.now());
});

it('differs in its random part', () => {
  const parts = Array.from({ length: 1_000 }, () => newId().slice(-10));
  expect(new Set(parts).size).toBe(parts.length);
});

it('knows the first id of a time', () => {
  const time = Date.now();
  expect(timeOfId(firstIdOf(time))).toBe(time);
  expect(firstIdOf(time) <= newId()).toBe(true);
});
