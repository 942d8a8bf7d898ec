import type { Db } from '../../db/index.ts';
import { InstallationKey } from './installation-key.ts';
import { lockKeys } from './keyring.store.ts';
import { MasterKeyRing } from './master-key-ring.ts';
import { openBytes, sealBytes } from './seal.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly keyring: Keyring;
  }
}

/** The keys of an installation. Three layers: a root key outside of the database wraps master keys, these wrap the keys of values. */
export interface Keyring {
  /** Makes what is missing and wraps all for the root key in use. @throws AppError `secret_key_unknown` */
  open(): Promise<void>;
  /** Wraps a key with the newest master key. `context` says what it belongs to. Not within a transaction: it may ask the database. */
  wrap(key: Uint8Array, context: string): Promise<{ version: number; wrapped: Buffer }>;
  unwrap(version: number, wrapped: Uint8Array, context: string): Promise<Buffer>;
  /**
   * A key of the installation for one purpose, the same in every process and ever after; 32 bytes. Of two purposes neither key tells
   * anything about the other.
   * @param purpose lower case with `_`; a feature's begins with its name
   * @throws AppError `keyring_closed` before `open`
   * @example createHmac('sha256', keyring.systemKey('crm_links')).update(id)
   */
  systemKey(purpose: string): Buffer;
  /**
   * Makes a new master key: within half a minute every process wraps with it, those that are told at once. The installation's own
   * key is wrapped with it here; what else older ones wrap stays readable.
   * @returns its number
   */
  addMasterKey(): Promise<number>;
  /** Number of the newest master key. */
  currentVersion(): Promise<number>;
  close(): Promise<void>;
}

const CHANNEL = 'automate_keyring';

/** @param rootKeys the root key in use first, then those it replaced */
export async function createKeyring({ db, rootKeys }: { db: Db; rootKeys: readonly [string, ...string[]] }): Promise<Keyring> {
  const masters = new MasterKeyRing(db, rootKeys);
  const installation = new InstallationKey(db, masters);
  const stopListening = await db.listen(CHANNEL, () => masters.lookAgain());
  return {
    async open() {
      await db.transaction(async (transaction) => {
        await lockKeys(transaction);
        await masters.prepare(transaction);
      });
      await installation.open();
    },
    async wrap(key, context) {
      const version = await masters.newest();
      return { version, wrapped: sealBytes(await masters.get(version), key, context) };
    },
    unwrap: async (version, wrapped, context) => openBytes(await masters.get(version), wrapped, context),
    systemKey: (purpose) => installation.forPurpose(purpose),
    async addMasterKey() {
      const { version } = await db.transaction(async (transaction) => {
        await lockKeys(transaction);
        const added = await masters.add(transaction);
        await installation.rewrap(transaction, added);
        return added;
      });
      masters.lookAgain();
      await db.notify(CHANNEL, String(version));
      return version;
    },
    currentVersion: () => masters.newest(),
    close: stopListening,
  };
}
