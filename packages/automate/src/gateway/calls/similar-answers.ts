import { errorMessage } from '../../kernel/index.ts';
import type { CachedAnswer, CacheEntry } from '../cache/answer-cache.ts';
import { cacheEntryOf, readCache, settleCached } from './cached-answers.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import { embed } from './embed.ts';

/** What the cache of an endpoint knows of a request. */
export interface Looked {
  /** Where its answer is to be kept. */
  readonly entry: CacheEntry;
  readonly answer?: CachedAnswer | undefined;
  /** What its last words mean, to be kept beside the answer. */
  readonly meaning?: readonly number[] | undefined;
}

/** Looks for the answer to the same request, then to what means the same; undefined where the endpoint keeps nothing. */
export async function lookUp(
  services: CallServices,
  call: Call,
  asked: {
    readonly variant: string;
    readonly request: object;
    readonly control: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Looked | undefined> {
  const entry = cacheEntryOf(services, call, asked);
  if (!entry) return undefined;
  const answer = await readCache(entry, call);
  if (answer || !entry.comparable) return { entry, answer };
  return { entry, ...(await compare(services, entry, call, asked.signal)) };
}

async function compare(
  services: CallServices,
  entry: CacheEntry,
  call: Call,
  signal: AbortSignal,
): Promise<Omit<Looked, 'entry'>> {
  if (!entry.comparable) return {};
  const { text, model } = entry.comparable;
  try {
    // Whoever may ask the endpoint may have it compared, whatever model that takes.
    const caller = { ...call.facts.caller, apiKeyId: null };
    const { embeddings } = await embed(services, caller, { model, texts: [text], signal, protocol: 'internal' });
    const meaning = embeddings[0];
    const answer = meaning && (await entry.readSimilar(meaning));
    if (answer) settleCached(call, answer);
    return { answer, meaning };
  } catch (error) {
    const facts = { endpoint: call.resolved.endpoint?.slug, reason: errorMessage(error) };
    services.logger.warn(facts, 'a request was not compared with those before it');
    return {};
  }
}
