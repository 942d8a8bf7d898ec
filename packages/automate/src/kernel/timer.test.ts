import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { after } from './timer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY_MS = 86_400_000;

it.each([0, 1, 2_147_483_647, 2_147_483_648, 100 * DAY_MS])('waits %i ms', (milliseconds) => {
  const work = vi.fn();
  after(milliseconds, work);
  if (milliseconds > 0) vi.advanceTimersByTime(milliseconds - 1);
  expect(work).toHaveBeenCalledTimes(0);
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledTimes(1);
});

it('never comes to what is infinitely far, and is called off in whatever part of it', () => {
  const work = vi.fn();
  const never = after(Number.POSITIVE_INFINITY, work);
  const later = after(50 * DAY_MS, work);
  vi.advanceTimersByTime(40 * DAY_MS);
  later.clear();
  vi.advanceTimersByTime(400 * DAY_MS);
  expect(work).toHaveBeenCalledTimes(0);
  never.clear();
  expect(vi.getTimerCount()).toBe(0);
});
