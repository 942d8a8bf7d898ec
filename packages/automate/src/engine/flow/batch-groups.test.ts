import { expect, test } from 'vitest';
import { groupsOf, MAXIMUM_BATCH_BYTES, type WaitingEvent } from './batch-groups.ts';

const waiting = (count: number, bytes = 10, is_over = false): WaitingEvent[] =>
  Array.from({ length: count }, (_, n) => ({ event_id: `${n}`, trigger_id: 't', bytes, is_over }));
const lengths = (groups: readonly WaitingEvent[][]) => groups.map((group) => group.length);

test('starts full groups, and the rest when it has waited long enough', () => {
  expect(lengths(groupsOf(waiting(7), 3, true))).toEqual([3, 3]);
  expect(lengths(groupsOf(waiting(7, 10, true), 3, true))).toEqual([3, 3, 1]);
  expect(lengths(groupsOf(waiting(7, 10, true), 3, false)), 'more of it is behind').toEqual([3, 3]);
  expect(groupsOf([], 3, true)).toEqual([]);
});

test('splits what weighs too much', () => {
  const heavy = MAXIMUM_BATCH_BYTES - 100;
  expect(lengths(groupsOf(waiting(36, heavy, true), 36, true))).toEqual(Array.from({ length: 36 }, () => 1));
  expect(lengths(groupsOf(waiting(3, MAXIMUM_BATCH_BYTES * 2), 36, true)), 'one alone may weigh more').toEqual([1, 1, 1]);
  expect(lengths(groupsOf(waiting(9, MAXIMUM_BATCH_BYTES / 4), 36, true))).toEqual([4, 4]);
});
