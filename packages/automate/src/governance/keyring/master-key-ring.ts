import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Db, Queryable } from '../../db/index.ts';
import { keyringErrors } from './errors.ts';
import { findWraps, insertMasterKey, insertWrap, type WrapRow } from './keyring.store.ts';
import { openBytes, sealBytes } from './seal.ts';

export interface MasterKey {
  readonly version: number;
  readonly key: Buffer;
}

interface Root {
  /** Tells root keys apart and nothing about them. */
  readonly id: string;
  readonly key: Buffer;
}

/** How long a process may go on wrapping with a master key that is no longer the newest, when it was not told. */
const CURRENT_MS = 30_000;

/** The master keys of an installation, opened by its root keys. */
export class MasterKeyRing {
  readonly #db: Db;
  readonly #roots: readonly [Root, ...Root[]];
  readonly #known = new Map<number, Buffer>();
  #newest: { readonly version: number; readonly until: number } | undefined;

  /** @param rootKeys the root key in use first, then those it replaced */
  constructor(db: Db, rootKeys: readonly [string, ...string[]]) {
    this.#db = db;
    this.#roots = rootKeys.map(toRoot) as [Root, ...Root[]];
  }

  /** Makes the first one where there is none, and wraps all for the root key in use. @throws AppError `secret_key_unknown` */
  async prepare(transaction: Queryable): Promise<void> {
    const wraps = await findWraps(transaction);
    if (wraps.length === 0) await this.add(transaction);
    for (const version of new Set(wraps.map((wrap) => wrap.version))) {
      const own = wraps.filter((wrap) => wrap.version === version);
      const key = this.#open(own);
      if (!own.some(({ root_id }) => root_id === this.#roots[0].id)) await this.#store(transaction, { version, key });
    }
  }

  async add(transaction: Queryable): Promise<MasterKey> {
    const added = { version: await insertMasterKey(transaction), key: randomBytes(32) };
    await this.#store(transaction, added);
    return added;
  }

  async get(version: number): Promise<Buffer> {
    const found = this.#known.get(version);
    if (found) return found;
    const key = this.#open(await findWraps(this.#db, version));
    this.#known.set(version, key);
    return key;
  }

  /** Number of the newest. @throws AppError `keyring_closed` while there is none */
  async newest(): Promise<number> {
    if (this.#newest && this.#newest.until > Date.now()) return this.#newest.version;
    const [wrap] = await findWraps(this.#db);
    if (!wrap) throw keyringErrors.keyring_closed('The keys are not ready yet.');
    this.#newest = { version: wrap.version, until: Date.now() + CURRENT_MS };
    return wrap.version;
  }

  /** There may be a newer one. */
  lookAgain(): void {
    this.#newest = undefined;
  }

  #open(wraps: readonly WrapRow[]): Buffer {
    for (const root of this.#roots) {
      const wrap = wraps.find(({ root_id }) => root_id === root.id);
      if (wrap) return openBytes(root.key, wrap.wrapped, contextOf(wrap.version));
    }
    throw keyringErrors.secret_key_unknown(
      'AUTOMATE_SECRET_KEY is not the key this database was set up with. Set it to that key, or add that key to AUTOMATE_SECRET_KEY_PREVIOUS.',
    );
  }

  async #store(transaction: Queryable, { version, key }: MasterKey): Promise<void> {
    const [root] = this.#roots;
    await insertWrap(transaction, { version, root_id: root.id, wrapped: sealBytes(root.key, key, contextOf(version)) });
  }
}

function contextOf(version: number): string {
  return `master:${version}`;
}

function toRoot(text: string): Root {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', text, '', `automate ${purpose}`, 32));
  return { id: createHash('sha256').update(derive('root key id')).digest('base64url').slice(0, 16), key: derive('root key') };
}
