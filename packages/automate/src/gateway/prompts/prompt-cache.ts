import type { Db } from '../../db/index.ts';
import { createBatcher, errorMessage, every, type Logger } from '../../kernel/index.ts';
import { findPrompts, findRevisions, type KnownPrompt, type Wanted } from './known.store.ts';
import { KnownPrompts } from './known-prompts.ts';

/** Holds in memory where labels lead, since every call asks. */
export interface PromptCache {
  /** At once for a prompt that was asked for lately; undefined when there is none. @param wanted.name slug or id */
  find(wanted: Wanted): KnownPrompt | undefined | Promise<KnownPrompt | undefined>;
  /** After a commit: prompts or labels of the tenant have changed. Every process is told. */
  announce(tenantId: string): Promise<void>;
  close(): Promise<void>;
}

const CHANNEL = 'automate_prompts';
/** How long an answer holds: a change is seen within this time, even by a process that heard nothing. */
const TRUST_MS = 900;
const REFRESH_MS = 300;

/** Tenants in use are asked about in the background, all in one query; a notification makes a change take effect at once. */
export async function createPromptCache({ db, logger }: { db: Db; logger: Pick<Logger, 'warn'> }): Promise<PromptCache> {
  const known = new KnownPrompts();
  // The embedded database has no other process that could change anything.
  const trustMs = db.driver === 'pglite' ? Number.POSITIVE_INFINITY : TRUST_MS;

  /** Reads, and remembers with until when that is believed: not at all when a notice came meanwhile. */
  async function load(wanted: readonly Wanted[]): Promise<(KnownPrompt | undefined)[]> {
    const [startedAt, before] = [Date.now(), known.generation];
    const found = await findPrompts(db, wanted);
    const until = known.generation === before ? startedAt + trustMs : 0;
    for (const [tenantId, own] of Map.groupBy(found, (one) => one.tenantId)) known.remember(tenantId, own, until);
    const read = new Map(found.map((one) => [keyOf(one), known.laterThan(one) ?? one.prompt]));
    return wanted.map((one) => read.get(keyOf(one)));
  }

  async function refresh(): Promise<void> {
    const used = known.takeUsed();
    if (used.size === 0 || trustMs === Number.POSITIVE_INFINITY) return;
    const [startedAt, before] = [Date.now(), known.generation];
    const revisions = await findRevisions(db, [...used.keys()]);
    const changed: Wanted[] = [];
    for (const [tenantId, revision] of used) {
      if (revisions.get(tenantId) !== revision) changed.push(...known.namesOf(tenantId).map((name) => ({ tenantId, name })));
      else if (known.generation === before) known.confirm(tenantId, revision, startedAt + trustMs);
    }
    if (changed.length > 0) await load(changed);
  }

  const ask = createBatcher<Wanted, KnownPrompt | undefined>({ flush: (wanted) => load(wanted) });
  const stopListening = await db.listen(CHANNEL, (tenantId) => known.distrust(tenantId));
  const stopRefreshing = every(REFRESH_MS, refresh, (error) =>
    logger.warn({ reason: errorMessage(error) }, 'prompts could not be looked up again'),
  );

  return {
    find(wanted) {
      const trusted = known.trusted(wanted.tenantId, wanted.name);
      if (trusted) return trusted;
      return ask(wanted).catch((error: unknown) => {
        // Without the database nothing can be changed: what was known holds on.
        const last = known.last(wanted.tenantId, wanted.name);
        if (last) return last;
        throw error;
      });
    },
    async announce(tenantId) {
      known.distrust(tenantId);
      // Whoever is not told asks.
      await db
        .notify(CHANNEL, tenantId)
        .catch((error: unknown) =>
          logger.warn({ reason: errorMessage(error) }, 'other processes were not told of a change of prompts'),
        );
    },
    async close() {
      stopRefreshing();
      await stopListening();
    },
  };
}

function keyOf({ tenantId, name }: Wanted): string {
  return `${tenantId} ${name}`;
}
