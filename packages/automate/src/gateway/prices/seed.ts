import type { ConditionalPrice, ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import { FREE, type Rate, type Rates } from './rates.ts';

/** What the seed says of a model at a moment. */
export type SeededRates = (at: number) => Rates;

/** Public prices of vendors, as they were bundled. */
export interface Seed {
  /** Null for a model that it does not know. */
  ratesOf(book: string | undefined, model: string): SeededRates | null;
  /** Models of a vendor, by their ids; none where it is not known. */
  modelsOf(book: string): readonly string[];
}

/** Which data it is, for whoever asks where a price comes from. */
export const SEED_VERSION = 'genai-prices 0.1.8';

/** Vendors whose models the catalogue lists: the data has no list of its own. */
export const BOOKS: readonly string[] = [
  'anthropic',
  'aws',
  'azure',
  'cerebras',
  'cohere',
  'deepseek',
  'fireworks',
  'google',
  'groq',
  'mistral',
  'moonshotai',
  'novita',
  'openai',
  'openrouter',
  'ovhcloud',
  'perplexity',
  'together',
  'voyageai',
  'x-ai',
];

const MAXIMUM_COMPILED = 5_000;

/** Loads the seed, which is large: whoever prices nothing never reads it. */
export async function loadSeed(): Promise<Seed> {
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices');
  const compiled = new Map<string, SeededRates | null>();
  const find = (book: string | undefined, model: string): SeededRates | null => {
    const found = calcPrice({}, model, book === undefined ? {} : { providerId: book });
    return found && compile(found.model, found.provider.id);
  };
  return {
    ratesOf(book, model) {
      const key = `${book ?? ''}\n${model}`;
      const known = compiled.get(key);
      if (known !== undefined) return known;
      const made = find(book, model);
      if (compiled.size >= MAXIMUM_COMPILED) compiled.delete(compiled.keys().next().value as string);
      compiled.set(key, made);
      return made;
    },
    modelsOf(book) {
      const provider = findProvider({ providerId: book });
      return provider?.id === book ? provider.models.map(({ id }) => id) : [];
    },
  };
}

function compile({ id, prices }: ModelInfo, provider: string): SeededRates {
  const ratesOf = (own: ModelPrice): Rates => ({
    ...toRates(own),
    ...(provider === 'groq' && id.startsWith('whisper-large-v3') && { leastSeconds: 10 }),
  });
  if (!Array.isArray(prices)) {
    const rates = ratesOf(prices);
    return () => rates;
  }
  // The last one that holds wins, and the first where none does.
  const choices = prices
    .map(({ constraint, prices: own }) => ({ holds: conditionOf(constraint), rates: ratesOf(own) }))
    .reverse();
  const first = choices.at(-1)?.rates as Rates;
  return (at) => choices.find(({ holds }) => holds(at))?.rates ?? first;
}

function conditionOf(constraint: ConditionalPrice['constraint']): (at: number) => boolean {
  if (!constraint) return () => true;
  if (constraint.type === 'start_date') {
    const start = Date.parse(constraint.start_date);
    return (at) => at >= start;
  }
  const [start, end] = [timeOfDay(constraint.start_time), timeOfDay(constraint.end_time)];
  return (at) => {
    const time = at % DAY_MS;
    return end < start ? time >= start || time < end : time >= start && time < end;
  };
}

const DAY_MS = 86_400_000;

/** Milliseconds after midnight, UTC. */
function timeOfDay(time: string): number {
  return (((Date.parse(`1970-01-01T${time}`) % DAY_MS) + DAY_MS) % DAY_MS) as number;
}

/** Dollars for a million are thousands of nano-dollars for one. */
function toRates(prices: ModelPrice): Rates {
  // Known, and at no price: as the seed tells of what vendors give away.
  if (Object.keys(prices).length === 0) return FREE;
  const perToken = (name: string): Rate | null => {
    const price = prices[name];
    if (price === undefined) return null;
    if (typeof price === 'number') return price * 1_000;
    return { base: price.base * 1_000, tiers: price.tiers.map((tier) => ({ start: tier.start, price: tier.price * 1_000 })) };
  };
  const single = (name: string, nanos: number) => (typeof prices[name] === 'number' ? (prices[name] as number) * nanos : null);
  return {
    input: perToken('input_mtok'),
    cacheRead: perToken('cache_read_mtok'),
    cacheWrite: perToken('cache_write_mtok'),
    output: perToken('output_mtok'),
    reasoning: perToken('output_reasoning_mtok'),
    request: single('requests_kcount', 1e6),
    image: null,
    second: single('audio_hours', 1e9 / 3_600) ?? single('input_audio_hours', 1e9 / 3_600),
  };
}
