import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { every } from './interval.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('runs a task again and again, never twice at a time, until it is stopped', async () => {
  const runs: (() => void)[] = [];
  const stop = every(10, () => new Promise<void>((resolve) => runs.push(resolve)), vi.fn());
  await vi.advanceTimersByTimeAsync(35);
  expect(runs).toHaveLength(1);
  runs[0]?.();
  await vi.advanceTimersByTimeAsync(10);
  expect(runs).toHaveLength(2);
  runs[1]?.();
  stop();
  await vi.advanceTimersByTimeAsync(50);
  expect(runs).toHaveLength(2);
});

it('tells what went wrong, and goes on', async () => {
  const onError = vi.fn();
  const stop = every(10, () => Promise.reject(new Error('gone')), onError);
  await vi.advanceTimersByTimeAsync(25);
  stop();
  expect(onError.mock.calls.map(([error]) => (error as Error).message)).toEqual(['gone', 'gone']);
});
