import { createHash } from 'node:crypto';
import { createBatcher, type ThrottleResult, type ThrottleStore, type ThrottleWindow } from '../../kernel/index.ts';
import type { Db } from '../port/port.ts';

interface Hit {
  readonly key: string;
  readonly window: ThrottleWindow;
}

interface CountRow {
  readonly key: Buffer;
  readonly count: number;
  readonly remaining_ms: number;
}

const SWEEP_EVERY_FLUSHES = 2_000;
const MAXIMUM_CLOSED = 50_000;

/**
 * Fixed windows in the database, so that all processes count together. Hits that arrive while a statement runs share the
 * next one; the count of a key is raised and read in one atomic step.
 * @example
 * createApi({ router, services: { models: createRepository(db), throttle: createThrottleStore(db) } });
 */
export function createThrottleStore(db: Db): ThrottleStore {
  const closed = createClosedWindows();
  let flushesUntilSweep = SWEEP_EVERY_FLUSHES;
  const count = createBatcher<Hit, ThrottleResult>({
    maxItems: 2_000,
    async flush(hits) {
      flushesUntilSweep -= 1;
      if (flushesUntilSweep <= 0) {
        flushesUntilSweep = SWEEP_EVERY_FLUSHES;
        await db.query('delete from rate_limits where ends_at < now()');
      }
      const places = await countTogether(db, hits);
      return hits.map((hit, index) => {
        const { place, remainingMs } = places[index] as Place;
        if (place > hit.window.limit) closed.add(hit.key, remainingMs);
        return resultOf(place, hit.window.limit, remainingMs);
      });
    },
  });
  return {
    hit(key, window) {
      const left = closed.remainingOf(key);
      return left === undefined ? count({ key, window }) : resultOf(window.limit + 1, window.limit, left);
    },
  };
}

/** Windows that are known to be used up: their hits cost no statement. */
function createClosedWindows() {
  /** When they end, by key. */
  const ends = new Map<string, number>();
  return {
    add(key: string, remainingMs: number): void {
      if (ends.size >= MAXIMUM_CLOSED) ends.clear();
      ends.set(key, Date.now() + remainingMs);
    },
    /** Milliseconds; undefined when it is open. */
    remainingOf(key: string): number | undefined {
      const endsAt = ends.get(key);
      if (endsAt === undefined) return undefined;
      const left = endsAt - Date.now();
      if (left > 0) return left;
      ends.delete(key);
      return undefined;
    },
  };
}

/** Which hit of its window one was. */
interface Place {
  readonly place: number;
  readonly remainingMs: number;
}

/** @returns the places of the hits, in their order */
async function countTogether(db: Db, hits: readonly Hit[]): Promise<Place[]> {
  // In one order everywhere, so that two processes cannot wait for each other.
  const wanted = [...Map.groupBy(hits, ({ key }) => key)]
    .map(([key, group]) => ({ key: hashOf(key), group }))
    .sort((a, b) => a.key.compare(b.key));
  const { rows } = await db.query<CountRow>(
    `insert into rate_limits as counted (key, count, ends_at)
     select key, hits, clock_timestamp() + seconds * interval '1 second'
     from unnest($1::bytea[], $2::int[], $3::int[]) as wanted (key, hits, seconds)
     on conflict (key) do update set
       count = case when counted.ends_at <= clock_timestamp() then excluded.count else counted.count + excluded.count end,
       ends_at = case when counted.ends_at <= clock_timestamp() then excluded.ends_at else counted.ends_at end
     returning key, count, extract(epoch from ends_at - clock_timestamp())::float8 * 1000 as remaining_ms`,
    [
      wanted.map(({ key }) => key),
      wanted.map(({ group }) => group.length),
      wanted.map(({ group }) => (group[0] as Hit).window.windowSeconds),
    ],
    'count_hits',
  );
  const found = new Map(rows.map((row) => [Buffer.from(row.key).toString('base64'), row]));
  const places = new Map<Hit, Place>();
  for (const { key, group } of wanted) {
    const row = found.get(key.toString('base64')) as CountRow;
    for (const [index, hit] of group.entries()) {
      // This group's share of the count are its last places.
      places.set(hit, { place: row.count - group.length + index + 1, remainingMs: row.remaining_ms });
    }
  }
  return hits.map((hit) => places.get(hit) as Place);
}

function resultOf(place: number, limit: number, remainingMs: number): ThrottleResult {
  return {
    allowed: place <= limit,
    remaining: Math.max(0, limit - place),
    resetSeconds: Math.max(1, Math.ceil(remainingMs / 1_000)),
  };
}

/** Keys hold what clients send, of any length. */
function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
