import type { Db } from '../../db/index.ts';
import { createBatcher, errorMessage, type Logger, type Principal } from '../../kernel/index.ts';

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
export async function createCredentialCache(options: CredentialCacheOptions): Promise<CredentialCache> {
  const { db, logger, channel } = options;
  const entries = new Map<string, Entry>();
  /** Grows with every change: what was read before it must not be remembered after it. */
  let generation = 0;
  let isRefreshing = false;
  const forget = () => {
    generation += 1;
    entries.clear();
  };
  const stopListening = await db.listen(channel, forget);
  const timer = setInterval(() => void refresh(), REFRESH_MS).unref();

  async function load(hashes: readonly string[]): Promise<ReadonlyMap<string, Credential>> {
    const [startedAt, before] = [Date.now(), generation];
    const found = await options.load(hashes);
    if (generation !== before) return found;
    for (const hash of hashes) {
      const credential = found.get(hash);
      if (credential) remember(hash, { credential, until: startedAt + TRUST_MS, isUsed: false });
      else entries.delete(hash);
    }
    return found;
  }

  function remember(hash: string, entry: Entry): void {
    if (entries.size >= MAXIMUM_ENTRIES && !entries.has(hash)) entries.delete(entries.keys().next().value as string);
    entries.set(hash, entry);
  }

  async function refresh(): Promise<void> {
    if (isRefreshing) return;
    const used = [...entries].filter(([, entry]) => entry.isUsed).map(([hash]) => hash);
    for (const [hash, entry] of entries) if (!entry.isUsed && entry.until < Date.now()) entries.delete(hash);
    if (used.length === 0) return;
    isRefreshing = true;
    try {
      await load(used);
    } catch (error) {
      // They run out by themselves, and whoever asks then learns why.
      logger.warn({ reason: errorMessage(error) }, 'credentials could not be looked up again');
    } finally {
      isRefreshing = false;
    }
  }

  const ask = createBatcher<string, Credential | undefined>({
    async flush(hashes) {
      const found = await load([...new Set(hashes)]);
      return hashes.map((hash) => found.get(hash));
    },
  });

  return {
    find(hash) {
      const entry = entries.get(hash);
      if (entry && entry.until > Date.now() && isCurrent(entry.credential)) {
        entry.isUsed = true;
        return entry.credential.principal;
      }
      return ask(hash).then((credential) => (credential && isCurrent(credential) ? credential.principal : null));
    },
    async announce() {
      forget();
      await db.notify(channel, '');
    },
    async close() {
      clearInterval(timer);
      await stopListening();
    },
  };
}

function isCurrent({ expiresAt }: Credential): boolean {
  return expiresAt === undefined || expiresAt.getTime() > Date.now();
}
