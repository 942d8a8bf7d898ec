import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineProviderKind } from '../src/gateway/index.ts';
import { defineFeature } from '../src/server/index.ts';
import { databaseKinds } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';

const cache = { ttl_seconds: 60 };
/** Texts are near each other when they share words: a vector of how often each of a hundred kinds of word occurs. */
const near = defineProviderKind({
  kind: 'near',
  title: 'Near',
  description: 'Counts words.',
  config: z.strictObject({}),
  key: 'none',
  tasks: ['llm.embed'],
  create: () => ({
    embedding: (model) => ({
      specificationVersion: 'v4' as const,
      provider: 'near',
      modelId: model,
      maxEmbeddingsPerCall: 100,
      supportsParallelCalls: true,
      doEmbed: async ({ values }) => ({ embeddings: values.map(countWords), warnings: [] }),
    }),
  }),
});

function countWords(text: string): number[] {
  const counts = Array.from({ length: 100 }, () => 0.01);
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    const place = [...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 100, 7);
    counts[place] = (counts[place] as number) + 1;
  }
  return counts;
}

const saying = (content: string) => ({ messages: [{ role: 'user', content }] });

describe.each(databaseKinds)('the cache of endpoints on %s', (kind) => {
  let house: GatewayHouse;
  beforeAll(async () => {
    house = await openGatewayHouse(kind);
    await house.endpoint('kept', 'good', { cache });
    await house.endpoint('not-kept', 'good-2');
  });
  afterAll(() => house?.close());
  const kept = () => house.server.automate.db.query<{ body: string }>('select body from gateway.cached_answers');

  it('gives an answer again, byte for byte, which costs nothing', async () => {
    const first = await house.chat('kept', saying('Once'));
    const again = await house.chat('kept', { ...saying('Once'), user: 'somebody' });
    expect([first, again].map(({ headers }) => headers.get('x-automate-cache'))).toEqual(['miss', 'hit']);
    expect(Number(again.headers.get('age'))).toBeGreaterThanOrEqual(0);
    expect(again.body).toEqual(first.body);
    expect(house.vendor.count('good')).toBe(1);
    const calls = await house.calls('kept', 2);
    expect(calls[0]).toMatchObject({ is_cached: true, input_tokens: calls[1]?.input_tokens, cost_nanos: 0 });
  });

  it('asks again for another request, another endpoint, and where the client says so', async () => {
    const control = (value: string) => house.chat('kept', saying('Control'), { 'cache-control': value });
    const before = house.vendor.count('good');
    await house.chat('kept', saying('Control'));
    expect((await control('no-cache')).headers.get('x-automate-cache')).toBe('miss');
    expect((await control('no-store')).headers.get('x-automate-cache')).toBeNull();
    expect((await house.chat('kept', { ...saying('Control'), temperature: 1 })).headers.get('x-automate-cache')).toBe('miss');
    expect(house.vendor.count('good')).toBe(before + 4);
    const other = await house.chat('not-kept', saying('Control'));
    expect(other.headers.get('x-automate-cache')).toBeNull();
  });

  it('gives a stream again, and keeps none that broke', async () => {
    const first = await house.stream('kept', saying('Streamed'));
    await expect.poll(async () => (await house.stream('kept', saying('Streamed'))).text).toBe(first.text);
    expect(first.text).toContain('data: [DONE]');
    await house.endpoint('broken', 'fault-cut', { cache });
    for (const _ of [1, 2]) await house.stream('broken', saying('Cut'));
    expect(house.vendor.count('fault-cut')).toBeGreaterThanOrEqual(2);
  });

  it('leaves alone what is more than its bytes: the stream of a run', async () => {
    for (const _ of [1, 2]) {
      const reply = await fetch(`${house.server.url}/api/modal/endpoints/kept/stream/`, {
        method: 'POST',
        headers: { authorization: `Bearer ${house.server.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ input: { prompt: 'Run' } }),
      });
      const text = await reply.text();
      expect([reply.status, text.match(/"finish_reason":"\w+"/)?.[0]]).toEqual([200, '"finish_reason":"stop"']);
    }
  });

  it('knows embeddings', async () => {
    await house.endpoint('vectors', 'vectors', { tasks: ['llm.embed'], cache });
    const embed = () => house.server.call('POST', '/v1/embeddings', { model: 'vectors', input: ['One', 'Two'] });
    const [first, again] = [await embed(), await embed()];
    expect(first.status).toBe(200);
    expect([first, again].map(({ headers }) => headers.get('x-automate-cache'))).toEqual(['miss', 'hit']);
    expect(again.body).toEqual(first.body);
  });

  it('is forgotten with every change of the endpoint or its provider', async () => {
    const id = await house.endpoint('changed', 'good-3', { cache });
    const state = async () => (await house.chat('changed', saying('Hello'))).headers.get('x-automate-cache');
    expect([await state(), await state()]).toEqual(['miss', 'hit']);
    await house.server.call('PATCH', `/api/v1/endpoints/${id}/`, { params: { temperature: 0.1 } });
    expect([await state(), await state()]).toEqual(['miss', 'hit']);
    const { body } = await house.server.call<{ results: { id: string }[] }>('GET', '/api/v1/providers/?slug=of-changed');
    await house.server.call('PATCH', `/api/v1/providers/${body.results[0]?.id}/`, { name: 'Another name' });
    expect(await state()).toBe('miss');
  });

  it('is shared by processes through the database, and holds no secret', async () => {
    await house.server.call('POST', '/api/v1/secrets/', { name: 'PASSWORD', value: 'the-blue-elephant-42' });
    await house.chat('kept', saying('Stored for others'));
    const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
    const told = [
      { role: 'user', content: 'Look it up' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'the-blue-elephant-42' },
    ];
    for (const _ of [1, 2]) {
      const { body, headers } = await house.chat('kept', { messages: told });
      expect([body.choices[0]?.message.content, headers.get('x-automate-cache')]).toEqual([
        'The tool said: the-blue-elephant-42',
        'miss',
      ]);
    }
    const rows = await eventually(
      async () => (await kept()).rows.map(({ body }) => body),
      (bodies) => bodies.length > 2,
    );
    expect(rows.some((body) => body.includes('the-blue-elephant-42'))).toBe(false);
  });

  it('ends when its time is over', async () => {
    await house.endpoint('short', 'good-4', { cache: { ttl_seconds: 1 } });
    const state = async () => (await house.chat('short', saying('Hello'))).headers.get('x-automate-cache');
    expect(await state()).toBe('miss');
    await eventually(state, (now) => now === 'miss');
    expect(house.vendor.count('good-4')).toBe(2);
  });
});

describe.each(databaseKinds)('requests that mean the same on %s', (kind) => {
  let house: GatewayHouse;
  const semantic = { model: 'near/any', threshold: 0.9 };
  beforeAll(async () => {
    house = await openGatewayHouse(kind, {}, { features: [defineFeature({ name: 'near', providerKinds: [near] })] });
    await house.provider('near', { kind: 'near', config: {}, api_key: undefined });
  });
  afterAll(() => house?.close());

  it('are told apart by a model, or the endpoint says what is missing', async () => {
    await house.provider('of-kept');
    const { status, body } = await house.server.call<{ errors?: { pointer: string; code: string }[] }>(
      'POST',
      '/api/v1/endpoints/',
      {
        slug: 'kept',
        targets: [{ provider: 'of-kept', model: 'good' }],
        cache: { ttl_seconds: 60, semantic },
      },
    );
    // PostgreSQL comes without pgvector here; the embedded database has it.
    if (kind === 'postgres') {
      expect([status, body.errors]).toMatchObject([400, [{ pointer: '/cache/semantic', code: 'vector_missing' }]]);
      return;
    }
    const ask = async (content: string, more: object = {}) => {
      const { headers } = await house.chat('kept', { ...saying(content), ...more });
      return ['cache', 'cache-similarity', 'cache-threshold'].map((name) => headers.get(`x-automate-${name}`));
    };
    expect(await ask('What does a cat eat?')).toEqual(['miss', null, null]);
    // What is kept is stored a moment later; and each time it is another text.
    let marks = '';
    const again = () => {
      marks += '!';
      return ask(`What does a cat eat${marks}`);
    };
    await expect.poll(again).toEqual(['similar', expect.stringMatching(/^(1\.0|0\.9)/), '0.9']);
    expect(await ask('What does a dog drink?')).toEqual(['miss', null, null]);
    // Everything else has to be the same.
    expect(await ask('What does a cat eat!', { temperature: 0 })).toEqual(['miss', null, null]);
    const calls = await house.calls('near/any');
    expect(calls.length).toBeGreaterThan(0);
  });

  it('are not compared where guardrails hide what they say', async () => {
    const { status, body } = await house.server.call<{ errors: { code: string }[] }>('POST', '/api/v1/endpoints/', {
      slug: 'guarded',
      targets: [{ provider: 'near', model: 'any' }],
      tasks: ['llm.embed'],
      guardrails: [{ type: 'personal_data', on: 'input', action: 'mask' }],
      cache: { ttl_seconds: 60, semantic },
    });
    expect([status, body.errors.map(({ code }) => code)]).toEqual([400, ['not_with_guardrails']]);
  });
});
