import { expect, test } from 'vitest';
import { createProgress } from './dispatch-progress.ts';

test('says when events are not dispatched, and since when', () => {
  let now = Date.parse('2026-01-31T12:00:00Z');
  const progress = createProgress(() => now);
  expect(progress.judge(0).ok).toBe(true);
  progress.failed();
  expect(progress.judge(1).ok, 'a single failure is tried again').toBe(true);
  now += 6_000;
  progress.failed();
  expect(progress.judge(6)).toEqual({
    ok: false,
    detail: 'events are not dispatched since 2026-01-31T12:00:00.000Z; the log says why',
  });
  progress.worked('dispatch');
  expect(progress.judge(6).ok).toBe(true);
});

test('says when gathered events are not released, though others are dispatched', () => {
  let now = Date.parse('2026-01-31T12:00:00Z');
  const progress = createProgress(() => now);
  for (let second = 0; second < 7; second += 1) {
    progress.worked('dispatch');
    progress.failed();
    now += 1_000;
  }
  expect(progress.judge(0)).toMatchObject({ ok: false, detail: expect.stringContaining('gathered events are not released') });
  progress.worked('dispatch');
  progress.worked('release');
  expect(progress.judge(0).ok).toBe(true);
});

test('says when nothing gets on though nothing fails', () => {
  let now = Date.parse('2026-01-31T12:00:00Z');
  const progress = createProgress(() => now);
  now += 3_600_000;
  expect(progress.judge(3).ok, 'nothing came for an hour').toBe(true);
  expect(progress.judge(31)).toMatchObject({ ok: false, detail: expect.stringContaining('the oldest waits for 31 s') });
  progress.advanced();
  expect(progress.judge(31).ok, 'a backlog is worked off').toBe(true);
});
