import type { Db } from '../../db/index.ts';
import type { Keyring } from '../keyring/keyring.ts';
import { rewrap } from './envelope.ts';
import { destroyRetired, retireBefore } from './master-keys.store.ts';
import { findOutdated, replaceWraps } from './secret.store.ts';

const BATCH = 500;

export interface RotationOptions {
  readonly db: Db;
  readonly keyring: Keyring;
  /** How long a replaced master key is kept, for processes that did not hear of the new one. Longer than they may go on using it. */
  readonly graceSeconds: number;
  /** Asked between batches. */
  shouldStop(): boolean;
}

/**
 * Wraps every data key with the newest master key, while secrets are read and written, and then destroys the master keys
 * that it replaces. May be stopped and begun again at any point, and run twice at once.
 * @returns `stopped`, or when to go on to destroy the rest, or null when nothing is left to do
 */
export async function rotateMasterKey({
  db,
  keyring,
  graceSeconds,
  shouldStop,
}: RotationOptions): Promise<'stopped' | Date | null> {
  const version = await keyring.currentVersion();
  for (;;) {
    if (shouldStop()) return 'stopped';
    const outdated = await findOutdated(db, version, BATCH);
    if (outdated.length === 0) break;
    const wrapped = await Promise.all(
      outdated.map(async (row) => {
        const place = { tenantId: row.tenant_id, name: row.name, version: row.version };
        return { ...row, was: row.master_version, ...(await rewrap(keyring, place, row)) };
      }),
    );
    await replaceWraps(db, wrapped);
  }
  await retireBefore(db, version);
  const next = await destroyRetired(db, graceSeconds);
  return next === null ? null : new Date(next);
}
