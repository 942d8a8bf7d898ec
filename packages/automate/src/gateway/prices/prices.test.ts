import { readFileSync } from 'node:fs';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/index.ts';
import { createLogger, newId } from '../../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../testing/index.ts';
import { noUsage, totalTokens, type Usage } from '../usage/usage.ts';
import { createPrices, type Prices } from './prices.ts';
import { costOf } from './rates.ts';
import { loadSeed, SEED_VERSION } from './seed.ts';

const usages: readonly Usage[] = [
  { input: 1_000, cacheRead: 500, cacheWrite: 100, output: 100, reasoning: 50 },
  { input: 1, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  { input: 150_000, cacheRead: 60_000, cacheWrite: 0, output: 9_000, reasoning: 1 },
  { input: 5, cacheRead: 299_999, cacheWrite: 7, output: 3, reasoning: 0 },
];

describe('the seed', () => {
  it('costs what its own calculator says, for every model of the large vendors', async () => {
    const seed = await loadSeed();
    const [now, differences] = [Date.now(), [] as unknown[]];
    let compared = 0;
    for (const book of ['openai', 'anthropic', 'google', 'aws', 'azure', 'mistral', 'groq', 'deepseek', 'x-ai', 'perplexity'])
      for (const { id } of findProvider({ providerId: book })?.models ?? []) {
        for (const usage of usages) {
          // An id need not match itself: some name a family.
          const ratesAt = seed.ratesOf(book, id);
          const own = ratesAt && costOf(ratesAt(now), usage);
          // What has a price for no token is not known here, and free there.
          if (own === null) continue;
          const theirs = calcPrice(
            {
              input_tokens: usage.input + usage.cacheRead + usage.cacheWrite,
              cache_read_tokens: usage.cacheRead,
              cache_write_tokens: usage.cacheWrite,
              output_tokens: usage.output + usage.reasoning,
              output_reasoning_tokens: usage.reasoning,
            },
            id,
            { providerId: book, timestamp: new Date(now) },
          );
          compared += 1;
          if (Math.abs(own - (theirs?.total_price ?? Number.NaN) * 1e9) > 1)
            differences.push([book, id, usage, own, theirs?.total_price]);
        }
      }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(1_000);
  });

  it('goes by the time of the day where a vendor does', async () => {
    const ratesAt = (await loadSeed()).ratesOf('deepseek', 'deepseek-chat');
    const costAt = (time: string) => ratesAt && costOf(ratesAt(Date.parse(time)), { ...noUsage, input: 1_000_000 });
    expect(costAt('2025-03-03T00:10:00Z')).not.toBe(costAt('2025-03-03T12:00:00Z'));
  });

  it('does not know the price of what it does not know, or of what it prices otherwise', async () => {
    const seed = await loadSeed();
    expect(seed.ratesOf('openai', 'gpt-of-nobody')).toBeNull();
    expect(seed.ratesOf('nobody', 'gpt-4o')).toBeNull();
    const speech = seed.ratesOf('openai', 'whisper-1')?.(Date.now());
    expect(speech && costOf(speech, { ...noUsage, input: 10 })).toBeNull();
    expect(speech && costOf(speech, noUsage)).toBeNull();
    expect(speech && costOf(speech, noUsage, { seconds: 60 })).toBe(6_000_000);
    const quick = seed.ratesOf('groq', 'whisper-large-v3')?.(Date.now());
    expect(quick && costOf(quick, noUsage, { seconds: 1 })).toBe(quick && costOf(quick, noUsage, { seconds: 10 }));
  });

  it('says which data it is', () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../../../../node_modules/@pydantic/genai-prices/package.json', import.meta.url), 'utf8'),
    );
    expect(SEED_VERSION).toBe(`genai-prices ${version}`);
  });
});

describe.each(databaseKinds)('prices on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  let prices: Prices;
  let other: Prices;
  const logger = createLogger({ level: 'error' });

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
    [prices, other] = [createPrices({ db, logger }), createPrices({ db, logger })];
    await Promise.all([prices.start(), other.start()]);
  });
  afterAll(async () => {
    await Promise.all([prices?.close(), other?.close()]);
    await db?.close();
    await database?.dispose();
  });

  async function tenant(): Promise<string> {
    const id = newId();
    await db.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [id, `t-${id}`]);
    return id;
  }

  async function setPrice(tenantId: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    const row = { id: newId(), tenant_id: tenantId, book: '', ...values };
    const columns = Object.keys(row);
    await db.query(
      `insert into gateway.prices (${columns}) values (${columns.map((_, index) => `$${index + 1}`)})`,
      Object.values(row),
    );
    await prices.announce(tenantId);
  }

  it('is null until a tenant is warm, for a model that nobody knows, and never for a free one', async () => {
    const tenantId = await tenant();
    const usage = usages[0] as Usage;
    expect(prices.cost({ tenantId, book: 'openai', model: 'gpt-4o' }, usage)).toBeNull();
    await prices.warm(tenantId);
    expect(prices.warm(tenantId)).toBeUndefined();
    expect(prices.cost({ tenantId, book: 'openai', model: 'gpt-4o' }, { ...noUsage, input: 1_000_000, output: 1 })).toBe(
      2_500_010_000,
    );
    expect(prices.cost({ tenantId, book: undefined, model: 'claude-sonnet-4-5' }, { ...noUsage, output: 2 })).toBe(30_000);
    expect(prices.cost({ tenantId, book: 'openai', model: 'nobody' }, usage)).toBeNull();
    expect(prices.estimate({ tenantId, book: 'openai', model: 'nobody' }, { input: 1, output: 1 })).toBeNull();
    expect(prices.cost({ tenantId, book: 'free', model: 'nobody' }, usage)).toBe(0);
  });

  it('takes what a tenant has agreed on, from its moment on, in every process, and for nobody else', async () => {
    const [tenantId, stranger] = [await tenant(), await tenant()];
    const target = { tenantId, book: 'openai', model: 'GPT-4o' };
    const usage: Usage = { input: 10, cacheRead: 100, cacheWrite: 1_000, output: 10_000, reasoning: 100_000 };
    await Promise.all([prices.warm(tenantId), other.warm(tenantId), prices.warm(stranger)]);
    await setPrice(tenantId, { model: 'gpt-4o', book: 'openai', valid_from: '2020-01-01', input: '1000', output: '3000' });
    await setPrice(tenantId, { model: 'gpt-4o', book: 'openai', valid_from: '2090-01-01', input: '9000' });
    await prices.warm(tenantId);
    // What has no price of its own costs what it falls back to.
    expect(prices.cost(target, usage)).toBe(1_110 * 1_000_000 + 110_000 * 3_000_000);
    await setPrice(tenantId, {
      model: 'gpt-4o',
      book: 'openai',
      valid_from: '2021-01-01',
      input: '1',
      cache_read: '0',
      output: '0.000001',
      request: '0.5',
    });
    await prices.warm(tenantId);
    expect(prices.cost(target, usage)).toBe(500_000_000 + 1_010 * 1_000 + 110);
    expect(prices.effective(target)).toMatchObject({ source: 'override' });
    expect(prices.effective({ ...target, tenantId: stranger })).toMatchObject({ source: 'seed', version: SEED_VERSION });
    const seen = async () => {
      await other.warm(tenantId);
      return other.cost(target, usage);
    };
    await expect.poll(seen).toBe(500_000_000 + 1_010 * 1_000 + 110);
    expect(totalTokens(usage)).toBe(111_110);
  });

  it('knows nothing of a class that an agreed price leaves out', async () => {
    const tenantId = await tenant();
    await setPrice(tenantId, { model: 'pictures', image: '0.04' });
    await prices.warm(tenantId);
    const target = { tenantId, book: 'anybody', model: 'pictures' };
    expect(prices.cost(target, noUsage, { images: 3 })).toBe(120_000_000);
    expect(prices.cost(target, { ...noUsage, input: 1 }, { images: 3 })).toBeNull();
  });
});
