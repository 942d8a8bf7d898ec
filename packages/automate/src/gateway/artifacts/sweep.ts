import type { Db } from '../../db/index.ts';
import { isUuid, type Logger } from '../../kernel/index.ts';
import { deleteOutdated, findOutdated, knownIds } from './artifact.store.ts';
import { releaseStaleRoom } from './artifact-room.store.ts';
import { type ArtifactStore, shards } from './artifact-store.ts';
import type { ArtifactStores } from './stores.ts';

const BATCH = 200;
const MOST_BATCHES = 50;
/** Parts of each store that are looked through in one go. */
const SHARDS_AT_ONCE = 16;
/** Longer than any upload takes: what is as old and belongs to nothing will never. */
const ORPHAN_MS = 2 * 3_600_000;

export interface SweepOptions {
  readonly db: Db;
  readonly stores: ArtifactStores;
  /** Null: for ever. */
  readonly retentionDays: number | null;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
}

/** Deletes artifacts whose time is over, row first, and bytes that belong to no artifact. Bounded; the next one goes on. */
export function createSweep({ db, stores, retentionDays, logger }: SweepOptions): () => Promise<void> {
  // Of several processes each begins somewhere else.
  let next = Math.floor((Math.random() * shards.length) / SHARDS_AT_ONCE) * SHARDS_AT_ONCE;

  async function removeOutdated(): Promise<void> {
    for (let count = 0; count < MOST_BATCHES; count += 1) {
      const found = await findOutdated(db, retentionDays, BATCH);
      if (found.length === 0) return;
      const gone = await db.transaction((transaction) => deleteOutdated(transaction, found, retentionDays));
      for (const { id, store } of gone) await stores.all.find(({ kind }) => kind === store)?.remove(id);
    }
  }

  async function removeOrphans(store: ArtifactStore, shard: string): Promise<void> {
    let batch: string[] = [];
    const clear = async () => {
      const known = await knownIds(db, store.kind, batch);
      const orphans = batch.filter((id) => !known.has(id));
      for (const id of orphans) await store.remove(id);
      if (orphans.length > 0)
        logger.info({ count: orphans.length, store: store.kind }, 'removed bytes that belong to no artifact');
      batch = [];
    };
    const before = new Date(Date.now() - ORPHAN_MS);
    for await (const { id, modifiedAt } of store.list(shard)) {
      if (modifiedAt < before && isUuid(id)) batch.push(id);
      if (batch.length === BATCH) await clear();
    }
    if (batch.length > 0) await clear();
  }

  return async () => {
    const due = shards.slice(next, next + SHARDS_AT_ONCE);
    next = (next + SHARDS_AT_ONCE) % shards.length;
    const parts: (() => Promise<void>)[] = [removeOutdated, () => releaseStaleRoom(db)];
    for (const store of stores.all) {
      parts.push(() => store.clean(new Date(Date.now() - ORPHAN_MS)));
      for (const shard of due) parts.push(() => removeOrphans(store, shard));
    }
    for (const part of parts)
      await part().catch((error: unknown) => logger.warn({ error }, 'artifacts could not be swept; the next sweep tries again'));
  };
}
