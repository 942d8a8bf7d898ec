import type { Db } from '../../db/index.ts';
import { estimateSize } from '../../kernel/index.ts';
import { findVersion, type VersionRow } from './version.store.ts';

/** Bytes of versions that are kept. */
const MAXIMUM_BYTES = 32 * 1_048_576;

/** Versions that were used lately. They never change, so that what is held is right for ever. */
export interface VersionCache {
  get(promptId: string, version: number): VersionRow | Promise<VersionRow | undefined>;
}

export function createVersionCache(db: Db): VersionCache {
  const kept = new Map<string, { readonly row: VersionRow; readonly bytes: number }>();
  let bytes = 0;

  function keep(key: string, row: VersionRow): void {
    if (kept.has(key)) return;
    const size = estimateSize(row);
    kept.set(key, { row, bytes: size });
    bytes += size;
    for (const [oldest, { bytes: freed }] of kept) {
      if (bytes <= MAXIMUM_BYTES) return;
      kept.delete(oldest);
      bytes -= freed;
    }
  }

  return {
    get(promptId, version) {
      const key = `${promptId} ${version}`;
      const known = kept.get(key);
      if (known) {
        kept.delete(key);
        kept.set(key, known);
        return known.row;
      }
      return findVersion(db, promptId, version).then((row) => {
        if (row) keep(key, row);
        return row;
      });
    },
  };
}
