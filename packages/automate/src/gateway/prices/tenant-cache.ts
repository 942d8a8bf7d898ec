import type { Db } from '../../db/index.ts';
import { createBatcher, errorMessage, every, type Logger } from '../../kernel/index.ts';

export interface TenantCacheOptions<Value> {
  readonly db: Pick<Db, 'notify' | 'listen'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Channel on which processes tell each other whose values have changed. */
  readonly channel: string;
  /** What the values are, for the log. */
  readonly what: string;
  load(tenantIds: readonly string[]): Promise<ReadonlyMap<string, Value>>;
  /** What holds of a tenant that has stored nothing. */
  readonly nothing: Value;
  /** Whether a value that was read again is what it was: the object is kept then, and what was worked out of it. */
  isSame?(before: Value, after: Value): boolean;
  /** @param tenantId '' for any */
  onChanged?(tenantId: string): void;
}

/** Holds in memory what tenants have set, since it is asked for on every call. */
export interface TenantCache<Value> {
  /** What is believed now, at once; undefined when it has to be waited for by {@link warm}. */
  current(tenantId: string): Value | undefined;
  /** The last that was known, however old. */
  last(tenantId: string): Value | undefined;
  warm(tenantId: string): Value | Promise<Value>;
  /** Says that the values of a tenant have changed, here and in every other process. */
  announce(tenantId: string): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** How often what is used is read again: a change is seen within this time even by a process that heard nothing of it. */
const REFRESH_MS = 5_000;
const MAXIMUM_TENANTS = 10_000;

interface Entry<Value> {
  value: Value;
  isTrusted: boolean;
  isUsed: boolean;
}

/** Keeps the values of the tenants that were asked for last; what is used is read again in the background, all in one statement. */
export function createTenantCache<Value>(options: TenantCacheOptions<Value>): TenantCache<Value> {
  const { db, logger, channel, what, nothing } = options;
  const entries = new Map<string, Entry<Value>>();
  /** Grows with every change: what was read before it must not be believed after it. */
  let generation = 0;
  const stops: (() => unknown)[] = [];

  async function load(tenantIds: readonly string[]): Promise<void> {
    const before = generation;
    const found = await options.load(tenantIds);
    for (const id of tenantIds) {
      const value = found.get(id) ?? nothing;
      if (!entries.has(id) && entries.size >= MAXIMUM_TENANTS) entries.delete(entries.keys().next().value as string);
      const known = entries.get(id);
      const kept = known && options.isSame?.(known.value, value) ? known.value : value;
      entries.set(id, { value: kept, isTrusted: generation === before, isUsed: false });
    }
  }

  const ask = createBatcher<string, Value>({
    async flush(ids) {
      await load([...new Set(ids)]);
      return ids.map((id) => entries.get(id)?.value ?? nothing);
    },
  });

  function distrust(tenantId: string): void {
    generation += 1;
    for (const [id, entry] of entries) if (tenantId === '' || id === tenantId) entry.isTrusted = false;
    options.onChanged?.(tenantId);
  }

  function current(tenantId: string): Value | undefined {
    const entry = entries.get(tenantId);
    if (!entry?.isTrusted) return undefined;
    entry.isUsed = true;
    return entry.value;
  }

  const last = (tenantId: string) => entries.get(tenantId)?.value;
  return {
    current,
    last,
    warm: (tenantId) =>
      current(tenantId) ??
      ask(tenantId).catch((error: unknown) => {
        // Without the database nothing can be changed either: what was known holds on.
        const known = last(tenantId);
        if (known !== undefined) return known;
        throw error;
      }),
    async announce(tenantId) {
      distrust(tenantId);
      await db.notify(channel, tenantId);
    },
    async start() {
      stops.push(await db.listen(channel, distrust));
      const refresh = async () => {
        const used = [...entries].filter(([, entry]) => entry.isUsed).map(([id]) => id);
        if (used.length > 0) await load(used);
      };
      const fail = (error: unknown) => logger.warn({ reason: errorMessage(error) }, `${what} could not be read again`);
      stops.push(every(REFRESH_MS, refresh, fail));
    },
    async close() {
      await Promise.all(stops.splice(0).map((stop) => stop()));
    },
  };
}
