import { describe, expect, it, vi } from 'vitest';
import { createDatabaseClock } from './database-clock.store.ts';

const HOUR = 3_600_000;

/** A server whose clock differs from ours, and whose answers take their time. */
function serverWith(clock: { offset: number; there: number; back: number }) {
  let at = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => at);
  return {
    trueTime: () => at + clock.offset,
    pass: (ms: number) => (at += ms),
    db: {
      driver: 'postgres' as const,
      async query<Row>() {
        at += clock.there;
        const time = at + clock.offset;
        at += clock.back;
        return { rows: [{ time } as Row], rowCount: 1 };
      },
    },
  };
}

describe('the clock of the database', () => {
  it('is what this machine says until it was read, and where both are the same', async () => {
    const { db } = serverWith({ offset: HOUR, there: 1, back: 1 });
    expect(Math.abs(createDatabaseClock(db).now().getTime() - Date.now())).toBeLessThan(HOUR / 2);
    const own = createDatabaseClock({ ...db, driver: 'pglite' });
    await own.read();
    expect(Math.abs(own.now().getTime() - Date.now())).toBeLessThan(HOUR / 2);
  });

  it.each([HOUR, -HOUR])('is never behind, and ahead by a round trip at most: %d', async (offset) => {
    const clock = { offset, there: 40, back: 60 };
    const { db, trueTime, pass } = serverWith(clock);
    const read = createDatabaseClock(db);
    const ahead = () => read.now().getTime() - trueTime();
    await read.read();
    expect(ahead()).toBe(40);
    Object.assign(clock, { there: 500, back: 500 });
    await read.read();
    expect(ahead()).toBe(40); // nothing new
    Object.assign(clock, { there: 1, back: 0 });
    await read.read();
    expect(ahead()).toBe(1);
    pass(10_000);
    expect(ahead()).toBe(1);
  });

  it('follows when the clock is set', async () => {
    const clock = { offset: 0, there: 2, back: 3 };
    const { db, trueTime } = serverWith(clock);
    const read = createDatabaseClock(db);
    for (const offset of [0, 5_000, -5_000]) {
      clock.offset = offset;
      await read.read();
      expect(read.now().getTime() - trueTime()).toBeGreaterThanOrEqual(0);
      expect(read.now().getTime() - trueTime()).toBeLessThanOrEqual(5);
    }
  });
});
