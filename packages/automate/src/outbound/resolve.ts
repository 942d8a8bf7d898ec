import { lookup, Resolver } from 'node:dns/promises';

/** Finds the addresses of a host name. `isLocal` names were listed by the operator and may come from `/etc/hosts` or a search domain. */
export type Resolve = (host: string, options: { isLocal: boolean }) => Promise<readonly string[]>;

const TIMEOUT_MS = 3_000;
const MAX_CACHE_MS = 30_000;
const MAX_CACHED = 1_000;

interface Cached {
  readonly addresses: readonly string[];
  readonly until: number;
}

/**
 * The default resolver: DNS only (A and AAAA, no hosts file), answers kept for their time to live, at most 30 s.
 * c-ares answers on the event loop: getaddrinfo would let slow names of one tenant fill the thread pool of all.
 */
export function createResolver(): Resolve {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  const cache = new Map<string, Cached>();

  return async (host, { isLocal }) => {
    if (isLocal) return order((await lookup(host, { all: true })).map((answer) => answer.address));
    const cached = cache.get(host);
    if (cached && cached.until > Date.now()) return cached.addresses;
    const [four, six] = await Promise.allSettled([
      resolver.resolve4(host, { ttl: true }),
      resolver.resolve6(host, { ttl: true }),
    ]);
    const answers = [...(four.status === 'fulfilled' ? four.value : []), ...(six.status === 'fulfilled' ? six.value : [])];
    if (answers.length === 0 && four.status === 'rejected') throw four.reason;
    const lifetime = Math.min(MAX_CACHE_MS, ...answers.map((answer) => answer.ttl * 1_000));
    const addresses = order(answers.map((answer) => answer.address));
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value as string);
    cache.set(host, { addresses, until: Date.now() + lifetime });
    return addresses;
  };
}

/** IPv4 first: a machine without an IPv6 route is common, the other way round is not. Sorted, so that pools are found again. */
function order(addresses: readonly string[]): string[] {
  return [...new Set(addresses)].sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')) || (a < b ? -1 : 1));
}
