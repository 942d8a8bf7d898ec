import type { Db } from '../../db/index.ts';
import type { Audit, AuditActor } from '../audit/audit.ts';
import type { Keyring } from '../keyring/keyring.ts';
import { listMasterKeys, type MasterKeyRow } from './master-keys.store.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly masterKeys: MasterKeys;
  }
}

/** The master keys of the installation, for whoever operates it. */
export interface MasterKeys {
  /** Newest first, with how much each still wraps: that is how far a rotation is. */
  list(): Promise<MasterKeyRow[]>;
  /** Makes a new master key and starts the job that wraps everything with it. */
  rotate(actor: AuditActor): Promise<{ version: number; jobId: string }>;
}

export interface MasterKeysOptions {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly audit: Audit;
  /** Starts the job. @returns its id */
  start(actor: AuditActor): Promise<string>;
}

export function createMasterKeys({ db, keyring, audit, start }: MasterKeysOptions): MasterKeys {
  return {
    list: () => listMasterKeys(db),
    async rotate(actor) {
      const was = await keyring.currentVersion();
      // First the record: a key that nobody may hear of is not made.
      await db.asTenant(actor.tenantId, (transaction) =>
        audit.record(transaction, { ...actor, action: 'master_key.rotate', target: { type: 'master_key', id: String(was) } }),
      );
      const version = await keyring.addMasterKey();
      return { version, jobId: await start(actor) };
    },
  };
}
