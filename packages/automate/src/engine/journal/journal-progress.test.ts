import { expect, test } from 'vitest';
import { QueryError } from '../../db/index.ts';
import { createJournalProgress } from './journal-progress.ts';

const start = Date.parse('2026-01-31T12:00:00Z');

test('says since when nothing is stored, and forgets it when something is', async () => {
  let now = start;
  const progress = createJournalProgress(() => now);
  const fail = () => progress.watch(() => Promise.reject(new Error('away'))).catch(() => undefined);
  await fail();
  expect(progress.judge().ok).toBe(true);
  now += 6_000;
  await fail();
  expect(progress.judge()).toEqual({ ok: false, detail: 'steps are not stored since 2026-01-31T12:00:00.000Z' });
  await progress.watch(() => Promise.resolve());
  expect(progress.judge().ok).toBe(true);
});

test('does not hold on to a failure that nothing came after', async () => {
  let now = start;
  const progress = createJournalProgress(() => now);
  await progress.watch(() => Promise.reject(new Error('away'))).catch(() => undefined);
  now += 61_000;
  expect(progress.judge().ok).toBe(true);
});

test('says when a write does not end, and nothing of what an entry was refused for', async () => {
  let now = start;
  const progress = createJournalProgress(() => now);
  const bad = new QueryError({ message: 'bad', code: '22P05', constraint: undefined, columns: [] });
  await progress.watch(() => Promise.reject(bad)).catch(() => undefined);
  now += 6_000;
  expect(progress.judge().ok).toBe(true);
  const { promise, resolve } = Promise.withResolvers<void>();
  const write = progress.watch(() => promise);
  now += 31_000;
  expect(progress.judge().detail).toContain('has not come to its end since 2026-01-31T12:00:06');
  resolve();
  await write;
  expect(progress.judge().ok).toBe(true);
});
