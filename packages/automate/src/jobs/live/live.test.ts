import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Db } from '../../db/index.ts';
import { createLogger } from '../../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../testing/index.ts';
import { createLiveUpdates, type LiveOptions, type LiveUpdates } from './live.ts';
import { createSharedReads } from './shared-reads.ts';

const logger = createLogger({ level: 'silent' });

describe.each(databaseKinds)('what is followed on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
  });
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });

  async function withLive(versionsOf: LiveOptions['versionsOf'], work: (live: LiveUpdates) => Promise<void>): Promise<void> {
    const live = await createLiveUpdates({ db, logger, versionsOf, pollMs: 20 });
    try {
      await work(live);
    } finally {
      await live.close();
    }
  }

  it('is looked at once, however many follow it, and they hear of what changed', async () => {
    const versions = new Map(Array.from({ length: 10 }, (_, index) => [`id ${index}`, '1']));
    const versionsOf = vi.fn(async (_ids: readonly string[]) => new Map(versions));
    await withLive(versionsOf, async (live) => {
      const callbacks = Array.from({ length: 1_000 }, (_, index) => {
        const callback = vi.fn();
        live.follow(`id ${index % 10}`, callback);
        return callback;
      });
      await vi.waitFor(() => expect(versionsOf.mock.calls.length).toBeGreaterThan(3));
      for (const [ids] of versionsOf.mock.calls) expect(ids).toHaveLength(10);
      // The first look cannot tell what has changed since each of them began.
      for (const callback of callbacks) expect(callback).toHaveBeenCalledTimes(1);
      versions.set('id 3', '2');
      versions.delete('id 4');
      await vi.waitFor(() => expect(callbacks[4]).toHaveBeenCalledTimes(2));
      expect(callbacks.map(({ mock }) => mock.calls.length)).toEqual(
        callbacks.map((_, index) => ([3, 4].includes(index % 10) ? 2 : 1)),
      );
    });
  });

  it('is told at once by whoever changed it, and looked at no more when nobody follows', async () => {
    const versionsOf = vi.fn(async (ids: readonly string[]) => new Map(ids.map((id) => [id, '1'])));
    await withLive(versionsOf, async (live) => {
      const stop = new AbortController();
      const changes = live.changesOf('id', stop.signal);
      await changes.next();
      const next = changes.next();
      live.publish(['id']);
      await next;
      changes.stop();
      const before = versionsOf.mock.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(versionsOf.mock.calls.length - before).toBeLessThanOrEqual(1);
    });
  });

  it('goes on being looked at when that failed once', async () => {
    const versionsOf = vi.fn<LiveOptions['versionsOf']>().mockRejectedValueOnce(new Error('away')).mockResolvedValue(new Map());
    await withLive(versionsOf, async (live) => {
      const callback = vi.fn();
      live.follow('id', callback);
      await vi.waitFor(() => expect(callback).toHaveBeenCalledTimes(1));
    });
  });
});

describe('reads that many want', () => {
  it('are done once for all who ask before they begin, and few at a time', async () => {
    const shared = createSharedReads({ concurrency: 2 });
    let [running, most, done] = [0, 0, 0];
    const read = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      done += 1;
      return done;
    };
    const asked = Array.from({ length: 1_000 }, (_, index) => shared(`key ${index % 5}`, read));
    const results = await Promise.all(asked);
    expect([most, done]).toEqual([2, 5]);
    expect(results.slice(0, 5)).toEqual(results.slice(995));
  });

  it('are done again for who asks when one has begun', async () => {
    const shared = createSharedReads({ concurrency: 1 });
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<number>();
    const first = shared('key', () => {
      begun.resolve();
      return end.promise;
    });
    await begun.promise;
    const second = shared('key', async () => 2);
    end.resolve(1);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });

  it('fail for all who wanted them, and keep no place', async () => {
    const shared = createSharedReads({ concurrency: 1 });
    const failing = async () => {
      throw new Error('away');
    };
    const asked = await Promise.allSettled([shared('key', failing), shared('key', failing)]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await shared('key', async () => 1)).toBe(1);
  });
});
