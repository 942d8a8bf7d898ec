import type { Secrets } from '../../governance/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import { gatewayErrors } from '../errors.ts';
import { guardedFetch } from './guarded-fetch.ts';
import type { KindRegistry } from './kinds-registry.ts';
import type { StoredProvider } from './provider.store.ts';
import { keyOf } from './provider-key.ts';
import type { ProviderClient } from './provider-kind.ts';

export interface ProviderClients {
  /**
   * The client of a provider, ready: at once when it was used before.
   * @throws AppError `provider_missing`, `key_host_refused`, `secret_not_found`, …
   */
  get(tenantId: string, provider: StoredProvider): ProviderClient | Promise<ProviderClient>;
  /** The client of a provider that is not kept, for whoever closes it. @param key in place of its secret. @throws AppError as {@link get} */
  open(tenantId: string, provider: StoredProvider, key: string | undefined): Promise<ProviderClient>;
  close(): Promise<void>;
}

export interface ProviderClientsOptions {
  readonly kinds: KindRegistry;
  readonly outbound: Outbound;
  readonly secrets: Pick<Secrets, 'resolve' | 'onChanged'>;
}

const MAXIMUM = 2_000;
/** A model may think for long; whoever calls has shorter limits of their own. */
const TIMEOUT_MS = 900_000;
const MAXIMUM_BYTES = 64 * 1_048_576;

interface Kept {
  readonly tenantId: string;
  readonly client: ProviderClient | Promise<ProviderClient>;
}

/** Keeps clients of providers while neither provider nor secrets change. */
export function createProviderClients({ kinds, outbound, secrets }: ProviderClientsOptions): ProviderClients {
  const clients = new Map<string, Kept>();
  secrets.onChanged((tenantId) => {
    for (const [key, kept] of clients) if (tenantId === '' || kept.tenantId === tenantId) drop(key, kept);
  });

  function drop(key: string, { client }: Kept): void {
    clients.delete(key);
    void Promise.resolve(client).then(
      (made) => made.close?.(),
      () => undefined,
    );
  }

  async function make(tenantId: string, provider: StoredProvider, given?: string): Promise<ProviderClient> {
    const kind = kinds.get(provider.kind);
    if (!kind) throw gatewayErrors.provider_missing(`No kind of provider "${provider.kind}" is there: was a feature removed?`);
    const missing = kind.missing ? await kinds.look(kind.kind) : null;
    if (missing !== null) throw gatewayErrors.provider_missing(`The provider "${provider.slug}" cannot run here: ${missing}.`);
    const parsed = kind.config.safeParse(provider.config);
    if (!parsed.success)
      throw gatewayErrors.provider_missing(`The configuration of the provider "${provider.slug}" does not fit its kind.`);
    const base = kind.url?.(parsed.data);
    const url = base === undefined ? undefined : new URL(base);
    const key = given ?? (provider.secret && url ? await keyOf(secrets, { tenantId, secret: provider.secret, url }) : undefined);
    if (kind.key === 'required' && key === undefined)
      throw gatewayErrors.provider_missing(`The provider "${provider.slug}" has no key: give it an \`api_key\`.`);
    return kind.create({
      config: parsed.data,
      key,
      fetch: guardedFetch({ outbound, tenantId, checkUrl: onlyTo(url), timeoutMs: TIMEOUT_MS, maxBytes: MAXIMUM_BYTES }),
    });
  }

  return {
    get(tenantId, provider) {
      const key = `${provider.id} ${provider.updated_at}`;
      const known = clients.get(key);
      if (known) return known.client;
      const client = make(tenantId, provider);
      const kept = { tenantId, client };
      clients.set(key, kept);
      const [oldest] = clients;
      if (clients.size > MAXIMUM && oldest) drop(...oldest);
      client.then(
        (made) => {
          if (clients.get(key) === kept) clients.set(key, { tenantId, client: made });
        },
        () => {
          if (clients.get(key) === kept) clients.delete(key);
        },
      );
      return client;
    },
    open: make,
    async close() {
      for (const [key, kept] of [...clients]) drop(key, kept);
    },
  };
}

/** What a client sends may hold its key, so it goes to the provider's own origin and nowhere else. */
function onlyTo(url: URL | undefined): (called: URL) => void {
  return (called) => {
    if (url === undefined || called.origin !== url.origin)
      throw gatewayErrors.key_host_refused(`A provider calls its own host${url ? ` ${url.host}` : ''} only, not ${called.host}.`);
  };
}
