import type { Db } from '../../db/index.ts';
import type { StoredProvider } from '../providers/provider.store.ts';
import { providersOf } from '../providers/provider.store.ts';
import { endpointsOf, type StoredEndpoint } from './endpoint.store.ts';

/** What a tenant can name, as it was read last. */
export interface Listing {
  readonly endpoints: readonly StoredEndpoint[];
  readonly providers: ReadonlyMap<string, StoredProvider>;
  /** An endpoint by its id, its slug or an alias. */
  endpoint(name: string): StoredEndpoint | undefined;
}

/** Holds in memory what tenants can name, since that is asked with every call. */
export interface Directory {
  /** At once for a tenant that is in use. */
  of(tenantId: string): Listing | Promise<Listing>;
  announce(tenantId: string): Promise<void>;
  close(): Promise<void>;
}

const CHANNEL = 'automate_gateway';
/** What no message told of is seen within this time. */
const TRUST_MS = 5_000;
const MAXIMUM_TENANTS = 5_000;

interface Known {
  listing: Listing;
  readAt: number;
  isReading: boolean;
}

/** Changes are told to every process at once; a tenant in use is read again in the background, so that no call waits. */
export async function createDirectory({ db }: { readonly db: Db }): Promise<Directory> {
  const known = new Map<string, Known>();
  const reading = new Map<string, Promise<Listing>>();
  /** Grows with every change: what was read before one must not be believed after it. */
  let generation = 0;
  const forget = (tenantId: string) => {
    generation += 1;
    reading.clear();
    if (tenantId === '') known.clear();
    else known.delete(tenantId);
  };
  const stopListening = await db.listen(CHANNEL, forget);

  async function read(tenantId: string): Promise<Listing> {
    const [before, readAt] = [generation, Date.now()];
    const [providers, endpoints] = await Promise.all([providersOf(db, tenantId), endpointsOf(db, tenantId)]);
    const listing = listingOf(providers, endpoints);
    if (generation === before) {
      if (known.size >= MAXIMUM_TENANTS) known.delete(known.keys().next().value as string);
      known.set(tenantId, { listing, readAt, isReading: false });
    }
    return listing;
  }

  function readOnce(tenantId: string): Promise<Listing> {
    const running = reading.get(tenantId);
    if (running) return running;
    const started = read(tenantId).finally(() => {
      if (reading.get(tenantId) === started) reading.delete(tenantId);
    });
    reading.set(tenantId, started);
    return started;
  }

  return {
    of(tenantId) {
      const found = known.get(tenantId);
      if (!found) return readOnce(tenantId);
      if (found.readAt < Date.now() - TRUST_MS && !found.isReading) {
        found.isReading = true;
        readOnce(tenantId).catch(() => {
          found.isReading = false;
        });
      }
      return found.listing;
    },
    async announce(tenantId) {
      forget(tenantId);
      await db.notify(CHANNEL, tenantId);
    },
    close: stopListening,
  };
}

function listingOf(providers: readonly StoredProvider[], endpoints: readonly StoredEndpoint[]): Listing {
  const names = new Map<string, StoredEndpoint>();
  for (const endpoint of endpoints)
    for (const name of [...endpoint.aliases, endpoint.id, endpoint.slug]) names.set(name, endpoint);
  return {
    endpoints,
    providers: new Map(providers.map((provider) => [provider.slug, provider])),
    endpoint: (name) => names.get(name),
  };
}
