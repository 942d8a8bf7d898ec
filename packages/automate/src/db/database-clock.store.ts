import { type Clock, systemClock } from '../kernel/index.ts';
import type { Db } from './port/port.ts';

/** Tells the time of the database's clock, whatever that of this machine says. Never behind it, and at most one round trip ahead. */
export interface DatabaseClock extends Clock {
  /** Asks the database what time it is; until the first answer, it is what this machine says. */
  read(): Promise<void>;
}

const READINGS_AT_FIRST = 3;

/** The embedded database has the clock of this process. */
export function createDatabaseClock(db: Pick<Db, 'driver' | 'query'>): DatabaseClock {
  if (db.driver === 'pglite') return { ...systemClock, read: async () => undefined };
  /** What it was at a moment of the clock that nobody sets. */
  let known: { readonly time: number; readonly at: number } | undefined;
  const timeAt = (at: number) => known && known.time + at - known.at;

  async function readOnce(): Promise<void> {
    const sentAt = performance.now();
    const { rows } = await db.query<{ time: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as time',
      [],
      'clock_read',
    );
    const at = performance.now();
    // The answer was made some time between, so it can be as late as this by now. What was believed is kept unless it cannot be true.
    const earliest = rows[0]?.time as number;
    const latest = earliest + at - sentAt;
    const believed = timeAt(at);
    const isPossible = believed !== undefined && believed >= earliest && believed <= latest;
    known = { time: isPossible ? believed : latest, at };
  }

  return {
    now() {
      const time = timeAt(performance.now());
      return time === undefined ? new Date() : new Date(Math.ceil(time));
    },
    async read() {
      for (let left = known ? 1 : READINGS_AT_FIRST; left > 0; left -= 1) await readOnce();
    },
  };
}
