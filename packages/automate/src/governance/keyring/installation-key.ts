import { hkdfSync, randomBytes } from 'node:crypto';
import type { Db, Queryable } from '../../db/index.ts';
import { keyringErrors } from './errors.ts';
import { findSystemKey, insertSystemKey, replaceSystemKey } from './keyring.store.ts';
import type { MasterKey, MasterKeyRing } from './master-key-ring.ts';
import { openBytes, sealBytes } from './seal.ts';

const NAME = 'installation';
const CONTEXT = `system:${NAME}`;
const VERSION_BYTES = 4;

/** The installation's own key, the same in every process and ever after, from which those of its purposes are made. */
export class InstallationKey {
  readonly #db: Db;
  readonly #masters: MasterKeyRing;
  readonly #purposes = new Map<string, Buffer>();
  #key: Buffer | undefined;

  constructor(db: Db, masters: MasterKeyRing) {
    this.#db = db;
    this.#masters = masters;
  }

  async open(): Promise<void> {
    let stored = await findSystemKey(this.#db, NAME);
    if (!stored) {
      const version = await this.#masters.newest();
      await insertSystemKey(this.#db, NAME, seal({ version, key: await this.#masters.get(version) }, randomBytes(32)));
      // Another process may have been faster: what is stored counts.
      stored = (await findSystemKey(this.#db, NAME)) as Uint8Array;
    }
    const sealed = Buffer.from(stored);
    this.#key = openBytes(await this.#masters.get(sealed.readUInt32BE(0)), sealed.subarray(VERSION_BYTES), CONTEXT);
  }

  /** @throws AppError `keyring_closed` before `open` */
  forPurpose(purpose: string): Buffer {
    const known = this.#purposes.get(purpose);
    if (known) return known;
    if (!this.#key) throw keyringErrors.keyring_closed('The keys are not ready yet.');
    const key = Buffer.from(hkdfSync('sha256', this.#key, '', `automate ${purpose}`, 32));
    this.#purposes.set(purpose, key);
    return key;
  }

  /** Wraps it with another master key. */
  async rewrap(transaction: Queryable, master: MasterKey): Promise<void> {
    if (this.#key) await replaceSystemKey(transaction, NAME, seal(master, this.#key));
  }
}

/** The number of the master key, and what it seals. */
function seal(master: MasterKey, key: Buffer): Buffer {
  const prefix = Buffer.alloc(VERSION_BYTES);
  prefix.writeUInt32BE(master.version);
  return Buffer.concat([prefix, sealBytes(master.key, key, CONTEXT)]);
}
