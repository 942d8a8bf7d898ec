import type { Db } from '../../db/index.ts';
import { createBatcher, errorMessage, type Logger } from '../../kernel/index.ts';
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
export async function createPolicyCache(options: PolicyCacheOptions): Promise<PolicyCache> {
  const { db, logger } = options;
  // The embedded database has no other process that could change anything.
  const trustMs = db.driver === 'pglite' ? Number.POSITIVE_INFINITY : TRUST_MS;
  const entries = new Map<string, Entry>();
  /** Grows with every change: what was read before it must not be remembered after it. */
  let generation = 0;
  let isRefreshing = false;
  const stopListening = await db.listen(CHANNEL, (tenantId) => forget(tenantId));
  const timer = setInterval(() => void refresh(), REFRESH_MS).unref();

  function forget(tenantId: string): void {
    generation += 1;
    // Kept, for when the database cannot be asked; but not trusted.
    for (const entry of tenantId === '' ? entries.values() : [entries.get(tenantId)]) if (entry) entry.until = 0;
  }

  async function load(tenantIds: readonly string[]): Promise<ReadonlyMap<string, StoredPolicy>> {
    const [startedAt, before] = [Date.now(), generation];
    const found = await findPolicies(db, tenantIds);
    return new Map(
      tenantIds.map((id) => [id, remember(id, found.get(id) ?? NO_POLICY, generation === before ? startedAt + trustMs : 0)]),
    );
  }

  function remember(tenantId: string, stored: StoredPolicy, until: number): StoredPolicy {
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

  async function refresh(): Promise<void> {
    if (isRefreshing || trustMs === Number.POSITIVE_INFINITY) return;
    const used = [...entries].filter(([, entry]) => entry.isUsed).map(([id]) => id);
    if (used.length === 0) return;
    isRefreshing = true;
    try {
      await load(used);
    } catch (error) {
      logger.warn({ reason: errorMessage(error) }, 'policies could not be looked up again');
    } finally {
      isRefreshing = false;
    }
  }

  const ask = createBatcher<string, StoredPolicy>({
    async flush(ids) {
      const found = await load([...new Set(ids)]);
      return ids.map((id) => found.get(id) as StoredPolicy);
    },
  });

  return {
    get(tenantId) {
      const entry = entries.get(tenantId);
      if (entry && entry.until > Date.now()) {
        entry.isUsed = true;
        return entry.policy;
      }
      return ask(tenantId).catch((error: unknown) => {
        // Without the database nothing can be changed, and nothing of what a step does can be stored: what was known holds on.
        if (entry) return entry.policy;
        throw error;
      });
    },
    async announce(tenantId) {
      forget(tenantId);
      await db.notify(CHANNEL, tenantId);
    },
    async close() {
      clearInterval(timer);
      await stopListening();
    },
  };
}
