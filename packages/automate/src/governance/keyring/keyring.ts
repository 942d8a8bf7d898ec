import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Db, Queryable } from '../../db/index.ts';
import { keyringErrors } from './errors.ts';
import {
  findSystemKey,
  findWraps,
  insertMasterKey,
  insertSystemKey,
  insertWrap,
  lockKeys,
  replaceSystemKey,
  type WrapRow,
} from './keyring.store.ts';
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
  /** A random key of the installation, the same in every process and ever after; 32 bytes. @throws AppError `keyring_closed` before `open` */
  systemKey(name: SystemKeyName): Buffer;
  /**
   * Makes a new master key: within half a minute every process wraps with it, those that are told at once. The installation's own
   * keys are wrapped with it here; what else older ones wrap stays readable.
   * @returns its number
   */
  addMasterKey(): Promise<number>;
  /** Number of the newest master key. */
  currentVersion(): Promise<number>;
  close(): Promise<void>;
}

/** How long a process may go on wrapping with a master key that is no longer the newest, when it was not told. */
const CURRENT_MS = 30_000;
const CHANNEL = 'automate_keyring';

/** What the installation itself needs keys for. */
const systemKeyNames = ['audit', 'auth', 'approvals', 'second_factor', 'backup_codes'] as const;
export type SystemKeyName = (typeof systemKeyNames)[number];

interface Root {
  /** Tells root keys apart and nothing about them. */
  readonly id: string;
  readonly key: Buffer;
}

/** @param rootKeys the root key in use first, then those it replaced */
export async function createKeyring({ db, rootKeys }: { db: Db; rootKeys: readonly [string, ...string[]] }): Promise<Keyring> {
  const roots = rootKeys.map(toRoot) as [Root, ...Root[]];
  const known = new Map<number, Buffer>();
  const systemKeys = new Map<SystemKeyName, Buffer>();
  let current: { version: number; until: number } | undefined;
  const stopListening = await db.listen(CHANNEL, () => {
    current = undefined;
  });

  function unwrapMaster(wraps: readonly WrapRow[]): Buffer {
    for (const root of roots) {
      const wrap = wraps.find(({ root_id }) => root_id === root.id);
      if (wrap) return openBytes(root.key, wrap.wrapped, masterContext(wrap.version));
    }
    throw keyringErrors.secret_key_unknown(
      'AUTOMATE_SECRET_KEY is not the key this database was set up with. Set it to that key, or add that key to AUTOMATE_SECRET_KEY_PREVIOUS.',
    );
  }

  async function master(version: number): Promise<Buffer> {
    const found = known.get(version);
    if (found) return found;
    const wraps = await findWraps(db, version);
    const key = unwrapMaster(wraps);
    known.set(version, key);
    return key;
  }

  async function insertMaster(transaction: Queryable): Promise<{ version: number; key: Buffer }> {
    const version = await insertMasterKey(transaction);
    const key = randomBytes(32);
    const [root] = roots;
    await insertWrap(transaction, { version, root_id: root.id, wrapped: sealBytes(root.key, key, masterContext(version)) });
    return { version, key };
  }

  async function currentVersion(): Promise<number> {
    if (current && current.until > Date.now()) return current.version;
    const [newest] = await findWraps(db);
    if (!newest) throw keyringErrors.keyring_closed('The keys are not ready yet.');
    current = { version: newest.version, until: Date.now() + CURRENT_MS };
    return newest.version;
  }

  async function loadSystemKey(name: SystemKeyName): Promise<Buffer> {
    const stored = await findSystemKey(db, name);
    if (stored) return openSystemKey(name, stored);
    const version = await currentVersion();
    const sealed = sealSystemKey(name, { version, key: await master(version) }, randomBytes(32));
    await insertSystemKey(db, name, sealed);
    // Another process may have been faster: what is stored counts.
    return loadSystemKey(name);
  }

  async function openSystemKey(name: SystemKeyName, sealed: Uint8Array): Promise<Buffer> {
    const bytes = Buffer.from(sealed);
    return openBytes(await master(bytes.readUInt32BE(0)), bytes.subarray(VERSION_BYTES), systemContext(name));
  }

  return {
    async open() {
      await db.transaction(async (transaction) => {
        await lockKeys(transaction);
        const wraps = await findWraps(transaction);
        if (wraps.length === 0) await insertMaster(transaction);
        for (const version of new Set(wraps.map((wrap) => wrap.version))) {
          const own = wraps.filter((wrap) => wrap.version === version);
          const key = unwrapMaster(own);
          const [root] = roots;
          if (own.some(({ root_id }) => root_id === root.id)) continue;
          await insertWrap(transaction, { version, root_id: root.id, wrapped: sealBytes(root.key, key, masterContext(version)) });
        }
      });
      for (const name of systemKeyNames) systemKeys.set(name, await loadSystemKey(name));
    },
    async wrap(key, context) {
      const version = await currentVersion();
      return { version, wrapped: sealBytes(await master(version), key, context) };
    },
    async unwrap(version, wrapped, context) {
      return openBytes(await master(version), wrapped, context);
    },
    systemKey(name) {
      const key = systemKeys.get(name);
      if (!key) throw keyringErrors.keyring_closed('The keys are not ready yet.');
      return key;
    },
    async addMasterKey() {
      const version = await db.transaction(async (transaction) => {
        await lockKeys(transaction);
        const added = await insertMaster(transaction);
        for (const [name, key] of systemKeys) await replaceSystemKey(transaction, name, sealSystemKey(name, added, key));
        return added.version;
      });
      current = undefined;
      await db.notify(CHANNEL, String(version));
      return version;
    },
    currentVersion,
    close: stopListening,
  };
}

const VERSION_BYTES = 4;

/** The number of the master key, and what it seals. */
function sealSystemKey(name: SystemKeyName, master: { version: number; key: Buffer }, key: Buffer): Buffer {
  const prefix = Buffer.alloc(VERSION_BYTES);
  prefix.writeUInt32BE(master.version);
  return Buffer.concat([prefix, sealBytes(master.key, key, systemContext(name))]);
}

function systemContext(name: SystemKeyName): string {
  return `system:${name}`;
}

function masterContext(version: number): string {
  return `master:${version}`;
}

function toRoot(text: string): Root {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', text, '', `automate ${purpose}`, 32));
  return { id: createHash('sha256').update(derive('root key id')).digest('base64url').slice(0, 16), key: derive('root key') };
}
