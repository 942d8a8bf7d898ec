import { statfs } from 'node:fs/promises';
import type { AppServices, HealthCheck } from '../../api/index.ts';
import { type Db, ping } from '../../db/index.ts';
import { workersOf } from '../../jobs/index.ts';
import { databaseFacts } from './standing.store.ts';

/** How the installation is, the same for all tenants. */
export interface Wellbeing {
  readonly checks: Readonly<Record<string, HealthCheck>>;
  readonly workers: { readonly workers: number; readonly capacity: number | null } | undefined;
  readonly storage: Storage | undefined;
  readonly at: number;
}

export interface Storage {
  readonly databaseVersion: string;
  readonly databaseBytes: number;
  /** What an empty statement takes. */
  readonly databaseMs: number;
  /** Of the disk that the embedded database is on. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | undefined;
}

const KEPT_MS = 5_000;
const STORAGE_KEPT_MS = 30_000;

export interface WellbeingOptions {
  readonly db: Db;
  readonly services: () => AppServices;
  /** Where the embedded database is. */
  readonly directory: string | undefined;
}

/** Looks how the installation is; once for all who ask in the next seconds. What cannot be read is missing, and keeps nothing else from being told. */
export function createWellbeing({ db, services, directory }: WellbeingOptions): () => Promise<Wellbeing> {
  const storage = kept(STORAGE_KEPT_MS, () => storageOf(db, directory));
  return kept(KEPT_MS, async () => {
    const [checks, workers, found] = await Promise.all([
      services().health?.check() ?? {},
      workersOf(db).catch(() => undefined),
      storage().catch(() => undefined),
    ]);
    return { checks, workers, storage: found, at: Date.now() };
  });
}

async function storageOf(db: Db, directory: string | undefined): Promise<Storage> {
  const began = performance.now();
  await ping(db);
  const databaseMs = performance.now() - began;
  const { bytes, version } = await databaseFacts(db);
  const disk = directory === undefined ? undefined : await diskOf(directory);
  return { databaseVersion: version, databaseBytes: bytes, databaseMs, disk };
}

async function diskOf(directory: string): Promise<Storage['disk']> {
  const found = await statfs(directory).catch(() => undefined);
  return found && { freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize };
}

function kept<Result>(milliseconds: number, read: () => Promise<Result>): () => Promise<Result> {
  let before: { readonly at: number; readonly result: Promise<Result> } | undefined;
  return () => {
    if (before && performance.now() - before.at < milliseconds) return before.result;
    const result = read();
    const mine = { at: performance.now(), result };
    before = mine;
    result.catch(() => {
      if (before === mine) before = undefined;
    });
    return result;
  };
}
