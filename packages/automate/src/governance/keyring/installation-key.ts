import { hkdfSync, randomBytes } from 'node:crypto';
import type { Db, Queryable } from '../../db/index.ts';
import { keyringErrors } from './errors.ts';
import { findSystemKeys, insertSystemKey, replaceSystemKey } from './keyring.store.ts';
import type { MasterKey, MasterKeyRing } from './master-key-ring.ts';
import { openBytes, sealBytes } from './seal.ts';

const INSTALLATION = 'installation';
const VERSION_BYTES = 4;

/** The installation's own key, the same in every process and ever after, from which those of its purposes are made. */
export class InstallationKey {
  readonly #db: Db;
  readonly #masters: MasterKeyRing;
  /** By name: the installation's, and of a purpose that had a key of its own before there was one for all. */
  readonly #stored = new Map<string, Buffer>();
  readonly #derived = new Map<string, Buffer>();

  constructor(db: Db, masters: MasterKeyRing) {
    this.#db = db;
    this.#masters = masters;
  }

  async open(): Promise<void> {
    await this.#load();
    if (this.#stored.has(INSTALLATION)) return;
    const version = await this.#masters.newest();
    const master = { version, key: await this.#masters.get(version) };
    await insertSystemKey(this.#db, INSTALLATION, seal(INSTALLATION, master, randomBytes(32)));
    // Another process may have been faster: what is stored counts.
    await this.#load();
  }

  /** @throws AppError `keyring_closed` before `open` */
  forPurpose(purpose: string): Buffer {
    const known = this.#stored.get(purpose) ?? this.#derived.get(purpose);
    if (known) return known;
    const own = this.#stored.get(INSTALLATION);
    if (!own) throw keyringErrors.keyring_closed('The keys are not ready yet.');
    const key = Buffer.from(hkdfSync('sha256', own, '', `automate ${purpose}`, 32));
    this.#derived.set(purpose, key);
    return key;
  }

  /** Wraps what is stored with another master key. */
  async rewrap(transaction: Queryable, master: MasterKey): Promise<void> {
    for (const [name, key] of this.#stored) await replaceSystemKey(transaction, name, seal(name, master, key));
  }

  async #load(): Promise<void> {
    for (const { name, sealed } of await findSystemKeys(this.#db)) {
      const bytes = Buffer.from(sealed);
      const master = await this.#masters.get(bytes.readUInt32BE(0));
      this.#stored.set(name, openBytes(master, bytes.subarray(VERSION_BYTES), contextOf(name)));
    }
  }
}

/** The number of the master key, and what it seals. */
function seal(name: string, master: MasterKey, key: Buffer): Buffer {
  const prefix = Buffer.alloc(VERSION_BYTES);
  prefix.writeUInt32BE(master.version);
  return Buffer.concat([prefix, sealBytes(master.key, key, contextOf(name))]);
}

function contextOf(name: string): string {
  return `system:${name}`;
}
