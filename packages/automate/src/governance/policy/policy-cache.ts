import type { Db } from '../../db/index.ts';
import { createBatcher, errorMessage, every, type Logger } from '../../kernel/index.ts';
import { findPolicies, NO_POLICY, type StoredPolicy } from './policy.store.ts';

export interface PolicyCacheOptions {
  readonly db: Db;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Holds policies in memory, since every step asks. */
export interface PolicyCache {
  /** Answers at once for a tenant that was asked about within the last second; the same object as long as nothing has changed. */
  get(tenantId: string): StoredPolicy | Promise<StoredPolicy>;
  /** Says that the policy of a tenant has changed, here and in every other process. */
  announce(tenantId: string): Promise<void>;
  close(): Promise<void>;
}

const CHANNEL = 'automate_policies';
/** How long an answer holds: a change is seen within this time, even by a process that heard nothing. */
const TRUST_MS = 900;
const REFRESH_MS = 300;
const MAXIMUM_ENTRIES = 20_000;

interface Entry {
  policy: StoredPolicy;
  until: number;
  isUsed: boolean;
}

/** Policies in use are looked up again in the background, all in one query; a notification makes a change take effect at once. */
export async function createPolicyCache({ db, logger }: PolicyCacheOptions): Promise<PolicyCache> {
  const known = new KnownPolicies(db);
  const stopListening = await db.listen(CHANNEL, (tenantId) => known.distrust(tenantId));
  const stopRefreshing = every(
    REFRESH_MS,
    () => known.refresh(),
    (error) => logger.warn({ reason: errorMessage(error) }, 'policies could not be looked up again'),
  );

  const ask = createBatcher<string, StoredPolicy>({
    async flush(ids) {
      const found = await known.load([...new Set(ids)]);
      return ids.map((id) => found.get(id) as StoredPolicy);
    },
  });

  return {
    get(tenantId) {
      const trusted = known.trusted(tenantId);
      if (trusted) return trusted;
      return ask(tenantId).catch((error: unknown) => {
        // Without the database nothing can be changed, and nothing of what a step does can be stored: what was known holds on.
        const last = known.last(tenantId);
        if (last) return last;
        throw error;
      });
    },
    async announce(tenantId) {
      known.distrust(tenantId);
      await db.notify(CHANNEL, tenantId);
    },
    async close() {
      stopRefreshing();
      await stopListening();
    },
  };
}

/** What this process knows of policies, and until when it believes it. */
class KnownPolicies {
  readonly #db: Db;
  readonly #trustMs: number;
  readonly #entries = new Map<string, Entry>();
  /** Grows with every change: what was read before it must not be believed after it. */
  #generation = 0;

  constructor(db: Db) {
    this.#db = db;
    // The embedded database has no other process that could change anything.
    this.#trustMs = db.driver === 'pglite' ? Number.POSITIVE_INFINITY : TRUST_MS;
  }

  trusted(tenantId: string): StoredPolicy | undefined {
    const entry = this.#entries.get(tenantId);
    if (!entry || entry.until <= Date.now()) return undefined;
    entry.isUsed = true;
    return entry.policy;
  }

  last(tenantId: string): StoredPolicy | undefined {
    return this.#entries.get(tenantId)?.policy;
  }

  /** Kept, for when the database cannot be asked. @param tenantId '' for all */
  distrust(tenantId: string): void {
    this.#generation += 1;
    for (const entry of tenantId === '' ? this.#entries.values() : [this.#entries.get(tenantId)]) if (entry) entry.until = 0;
  }

  /** Looks up again what was used since the last time. */
  async refresh(): Promise<void> {
    if (this.#trustMs === Number.POSITIVE_INFINITY) return;
    const used = [...this.#entries].filter(([, entry]) => entry.isUsed).map(([id]) => id);
    if (used.length > 0) await this.load(used);
  }

  async load(tenantIds: readonly string[]): Promise<ReadonlyMap<string, StoredPolicy>> {
    const [startedAt, before] = [Date.now(), this.#generation];
    const found = await findPolicies(this.#db, tenantIds);
    const until = this.#generation === before ? startedAt + this.#trustMs : 0;
    return new Map(tenantIds.map((id) => [id, this.#remember(id, found.get(id) ?? NO_POLICY, until)]));
  }

  #remember(tenantId: string, stored: StoredPolicy, until: number): StoredPolicy {
    const entries = this.#entries;
    const known = entries.get(tenantId);
    if (known) {
      // What was worked out of it is kept by the object.
      if (known.policy.version !== stored.version) known.policy = stored;
      Object.assign(known, { until, isUsed: false });
      return known.policy;
    }
    if (entries.size >= MAXIMUM_ENTRIES) entries.delete(entries.keys().next().value as string);
    entries.set(tenantId, { policy: stored, until, isUsed: false });
    return stored;
  }
}
