import { PassThrough, pipeline, Readable } from 'node:stream';
import type { CachedAnswer, CacheEntry } from '../cache/answer-cache.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';

/** Longer streams are not collected. */
const LONGEST = 262_144;

/** The place of a call in the cache of its endpoint; undefined where it keeps nothing. */
export function cacheEntryOf(
  { cache }: Pick<CallServices, 'cache'>,
  call: Call,
  asked: { readonly variant: string; readonly request: object; readonly control: string | undefined },
): CacheEntry | undefined {
  const { endpoint, targets } = call.resolved;
  if (!endpoint?.cache.ttl_seconds) return undefined;
  const providers = targets.map(({ provider }) => provider);
  return cache.entry({ tenantId: call.facts.caller.tenantId, endpoint, providers, ...asked });
}

/** How an answer of a cached endpoint came about. */
export interface CacheState {
  readonly state: 'hit' | 'similar' | 'miss';
  readonly ageSeconds?: number;
  readonly similarity?: number;
  readonly threshold?: number;
}

/** The answer that was given before. The call has cost nothing then. */
export async function readCache(entry: CacheEntry, call: Call): Promise<CachedAnswer | undefined> {
  // A cache that cannot be read is one that knows nothing.
  const hit = await Promise.resolve(entry.read()).catch(() => undefined);
  if (hit) settleCached(call, hit);
  return hit;
}

/** The call ends with an answer that was there. */
export function settleCached(call: Call, { usage, ageSeconds, similarity }: CachedAnswer): void {
  call.isCached = true;
  call.usage = usage;
  call.noteFirstByte();
  call.succeed({ cached: true, age_seconds: ageSeconds, ...(similarity !== undefined && { similarity }) });
}

/** Keeps an answer on its way out; of a stream only one that came to its end. */
export function keepAnswer(
  { entry, meaning }: { readonly entry: CacheEntry; readonly meaning?: readonly number[] | undefined },
  call: Call,
  body: string | Buffer | Readable,
): string | Buffer | Readable {
  if (!(body instanceof Readable)) {
    entry.write(body, call.usage, meaning);
    return body;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  const out = new PassThrough({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size <= LONGEST) chunks.push(chunk);
      done(null, chunk);
    },
    flush(done) {
      if (call.hasSucceeded && size <= LONGEST) entry.write(Buffer.concat(chunks), call.usage, meaning);
      done();
    },
  });
  // What fails is told within the stream; whoever goes away ends it from the other side.
  pipeline(body, out, () => undefined);
  return out;
}
