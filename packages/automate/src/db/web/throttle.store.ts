import { createHash } from 'node:crypto';
import { createBatcher, type ThrottleResult, type ThrottleStore, type ThrottleWindow } from '../../kernel/index.ts';
import type { Db } from '../port/port.ts';

interface Hit {
  readonly key: string;
  readonly window: ThrottleWindow;
}

/** A window that is used up: until it ends, the answer is known without asking. */
interface Closed {
  readonly endsAt: number;
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
  const closed = new Map<string, Closed>();
  let flushesUntilSweep = SWEEP_EVERY_FLUSHES;

  const count = createBatcher<Hit, ThrottleResult>({
    maxItems: 2_000,
    async flush(hits) {
      flushesUntilSweep -= 1;
      if (flushesUntilSweep <= 0) {
        flushesUntilSweep = SWEEP_EVERY_FLUSHES;
        await db.query('delete from rate_limits where ends_at < now()');
      }
      return countTogether(hits);
    },
  });

  async function countTogether(hits: readonly Hit[]): Promise<ThrottleResult[]> {
    const groups = new Map<string, Hit[]>();
    for (const hit of hits) {
      const group = groups.get(hit.key);
      if (group) group.push(hit);
      else groups.set(hit.key, [hit]);
    }
    // In one order everywhere, so that two processes cannot wait for each other.
    const wanted = [...groups].map(([key, group]) => ({ key: hashOf(key), group })).sort((a, b) => a.key.compare(b.key));
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
    const results = new Map<Hit, ThrottleResult>();
    for (const { key, group } of wanted) {
      const row = found.get(key.toString('base64')) as CountRow;
      // This group's share of the count are its last places.
      for (const [index, hit] of group.entries()) {
        results.set(hit, conclude(hit, row.count - group.length + index + 1, row.remaining_ms));
      }
    }
    return hits.map((hit) => results.get(hit) as ThrottleResult);
  }

  function conclude({ key, window: { limit } }: Hit, place: number, remainingMs: number): ThrottleResult {
    if (place > limit) {
      if (closed.size >= MAXIMUM_CLOSED) closed.clear();
      closed.set(key, { endsAt: Date.now() + remainingMs });
    }
    return resultOf(place, limit, remainingMs);
  }

  return {
    hit(key, window) {
      const known = closed.get(key);
      if (known) {
        const left = known.endsAt - Date.now();
        if (left > 0) return resultOf(window.limit + 1, window.limit, left);
        closed.delete(key);
      }
      return count({ key, window });
    },
  };
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
