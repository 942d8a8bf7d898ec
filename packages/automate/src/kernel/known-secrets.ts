/** Values that redaction has to find. */
export interface KnownSecrets {
  /** Changes with the values. */
  version(): number;
  values(): Iterable<string>;
}

/** Shorter values would be found in every second text. */
export const MINIMUM_SECRET_LENGTH = 6;
const MAXIMUM_VALUES = 5_000;

/** Secrets in use in this process, by tenant. */
export interface SecretRegistry {
  /** Adds values that were resolved or written; the oldest of all tenants make room. */
  remember(tenantId: string, values: Iterable<string>): void;
  /** What is shown to a tenant must not tell of the secrets of another. */
  of(tenantId: string): KnownSecrets;
  /** Of all tenants, for what only the operator sees. */
  readonly all: KnownSecrets;
}

export function createSecretRegistry(maximum = MAXIMUM_VALUES): SecretRegistry {
  /** Tenant by value, the latest last. */
  const tenants = new Map<string, Map<string, true>>();
  const entries = new Map<string, readonly [tenantId: string, value: string]>();
  const versions = new Map<string, number>();
  let version = 0;

  return {
    remember(tenantId, values) {
      for (const value of values) {
        if (value.length < MINIMUM_SECRET_LENGTH) continue;
        const key = `${tenantId} ${value}`;
        const isKnown = entries.delete(key);
        entries.set(key, [tenantId, value]);
        if (isKnown) continue;
        const own = tenants.get(tenantId) ?? new Map<string, true>();
        tenants.set(tenantId, own.set(value, true));
        versions.set(tenantId, ++version);
        if (entries.size > maximum) drop();
      }
    },
    of: (tenantId) => ({
      version: () => versions.get(tenantId) ?? 0,
      values: () => tenants.get(tenantId)?.keys() ?? [],
    }),
    all: { version: () => version, values: () => new Set([...entries.values()].map(([, value]) => value)) },
  };

  function drop(): void {
    const [oldest] = entries;
    if (!oldest) return;
    const [key, [tenantId, value]] = oldest;
    entries.delete(key);
    tenants.get(tenantId)?.delete(value);
    versions.set(tenantId, ++version);
  }
}

/** The one registry of this process: whatever resolves a secret puts it here, and every log line is searched for it. */
export const secretsInUse = createSecretRegistry();
