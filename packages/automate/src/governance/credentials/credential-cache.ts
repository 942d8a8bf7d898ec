import type { Db } from '../../db/index.ts';
import { createBatcher, errorMessage, every, type Logger, type Principal } from '../../kernel/index.ts';

/** What stands behind a credential at this moment. */
export interface Credential {
  readonly principal: Principal;
  /** Not valid from then on. */
  readonly expiresAt?: Date | undefined;
}

export interface CredentialCacheOptions {
  readonly db: Db;
  readonly logger: Pick<Logger, 'warn'>;
  /** Channel on which processes tell each other that credentials have changed. */
  readonly channel: string;
  /** Looks credentials up by their hash (base64); what is not valid now is left out. */
  load(hashes: readonly string[]): Promise<ReadonlyMap<string, Credential>>;
}

/** Holds in memory who stands behind a credential, since that is asked on every request. */
export interface CredentialCache {
  /** Null for what is not valid. Answers at once for what was asked for within the last second. */
  find(hash: string): Principal | Promise<Principal | null>;
  /** Says that credentials have changed, here and in every other process. */
  announce(): Promise<void>;
  close(): Promise<void>;
}

/** How long an answer holds without being looked up again: a revocation is seen within this time, even by a process that heard nothing. */
const TRUST_MS = 900;
const REFRESH_MS = 400;
const MAXIMUM_ENTRIES = 10_000;

interface Entry {
  readonly credential: Credential;
  readonly until: number;
  isUsed: boolean;
}

/**
 * Credentials in use are looked up again in the background, all in one query, so that no request waits and none is answered
 * from knowledge older than a second. A notification makes a change take effect at once.
 */
export async function createCredentialCache({ db, logger, channel, load }: CredentialCacheOptions): Promise<CredentialCache> {
  const known = new KnownCredentials(load);
  const stopListening = await db.listen(channel, () => known.clear());
  const stopRefreshing = every(
    REFRESH_MS,
    () => known.refresh(),
    // They run out by themselves, and whoever asks then learns why.
    (error) => logger.warn({ reason: errorMessage(error) }, 'credentials could not be looked up again'),
  );

  const ask = createBatcher<string, Credential | undefined>({
    async flush(hashes) {
      const found = await known.load([...new Set(hashes)]);
      return hashes.map((hash) => found.get(hash));
    },
  });

  return {
    find: (hash) =>
      known.trusted(hash) ?? ask(hash).then((credential) => (credential && isCurrent(credential) ? credential.principal : null)),
    async announce() {
      known.clear();
      await db.notify(channel, '');
    },
    async close() {
      stopRefreshing();
      await stopListening();
    },
  };
}

/** What this process knows of credentials, and until when it believes it. */
class KnownCredentials {
  readonly #load: CredentialCacheOptions['load'];
  readonly #entries = new Map<string, Entry>();
  /** Grows with every change: what was read before it must not be believed after it. */
  #generation = 0;

  constructor(load: CredentialCacheOptions['load']) {
    this.#load = load;
  }

  trusted(hash: string): Principal | undefined {
    const entry = this.#entries.get(hash);
    if (!entry || entry.until <= Date.now() || !isCurrent(entry.credential)) return undefined;
    entry.isUsed = true;
    return entry.credential.principal;
  }

  clear(): void {
    this.#generation += 1;
    this.#entries.clear();
  }

  /** Looks up again what was used since the last time, and forgets what was not. */
  async refresh(): Promise<void> {
    const used = [...this.#entries].filter(([, entry]) => entry.isUsed).map(([hash]) => hash);
    for (const [hash, entry] of this.#entries) if (!entry.isUsed && entry.until < Date.now()) this.#entries.delete(hash);
    if (used.length > 0) await this.load(used);
  }

  async load(hashes: readonly string[]): Promise<ReadonlyMap<string, Credential>> {
    const [startedAt, before] = [Date.now(), this.#generation];
    const found = await this.#load(hashes);
    if (this.#generation !== before) return found;
    for (const hash of hashes) {
      const credential = found.get(hash);
      if (credential) this.#remember(hash, { credential, until: startedAt + TRUST_MS, isUsed: false });
      else this.#entries.delete(hash);
    }
    return found;
  }

  #remember(hash: string, entry: Entry): void {
    const entries = this.#entries;
    if (entries.size >= MAXIMUM_ENTRIES && !entries.has(hash)) entries.delete(entries.keys().next().value as string);
    entries.set(hash, entry);
  }
}

function isCurrent({ expiresAt }: Credential): boolean {
  return expiresAt === undefined || expiresAt.getTime() > Date.now();
}
