import { expect, test } from 'vitest';
import { changesOf } from './audit-changes.ts';

test('each field that has changed stands once, before and after', () => {
  const { changes, rest } = changesOf({
    before: { name: 'a', role: 'viewer', same: 1 },
    after: { name: 'b', same: 1, tags: ['x'] },
    way: 'link',
  });
  expect(changes).toEqual([
    { field: 'name', before: 'a', after: 'b' },
    { field: 'role', before: 'viewer', after: undefined },
    { field: 'tags', before: undefined, after: '["x"]' },
  ]);
  expect(rest).toEqual({ way: 'link' });
});

test('rules of a policy are fields; what is none of both is shown as it is', () => {
  expect(changesOf({ layer: 'tenant', changes: [{ rule: 'max_members', before: null, after: 3 }] })).toEqual({
    changes: [{ field: 'max_members', before: undefined, after: '3' }],
    rest: { layer: 'tenant' },
  });
  expect(changesOf({ changes: 'odd', before: 7 })).toEqual({ changes: [], rest: { changes: 'odd' } });
});

test('a long value is cut', () => {
  expect(changesOf({ after: { text: 'x'.repeat(5_000) } }).changes[0]?.after).toHaveLength(2_001);
});

test('of what is hidden it is said that it has changed', () => {
  const hidden = '[redacted]';
  expect(changesOf({ before: { card: hidden }, after: { card: hidden } }).changes).toEqual([
    { field: 'card', before: hidden, after: hidden },
  ]);
});
