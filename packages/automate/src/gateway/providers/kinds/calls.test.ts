import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from './failure.ts';
import { remoteKinds } from './remote-kinds.ts';
import {
  chatOf,
  clientOf,
  type FakeVendor,
  fakeVendor,
  fixture,
  partsOf,
  question,
  streamEvents,
  streamReply,
} from './test-support.ts';

const KEY = 'key-of-the-provider-1234567890';

let vendor: FakeVendor;
beforeAll(async () => {
  vendor = await fakeVendor();
});
beforeEach(() => {
  vendor.seen.length = 0;
});
afterAll(() => vendor.close());

describe('what else kinds of remote providers do', () => {
  it('names the lanes in which bytes are passed through', async () => {
    const lanes = await Promise.all(
      remoteKinds.map(async ({ kind }) => [kind, (await clientOf(kind, vendor.url, KEY)).native] as const),
    );
    const headers = { authorization: `Bearer ${KEY}` };
    expect(Object.fromEntries(lanes)).toEqual({
      openai: { protocol: 'openai', url: vendor.url, headers },
      'openai-compatible': { protocol: 'openai', url: vendor.url, headers },
      'azure-openai': { protocol: 'openai', url: `${vendor.url}/openai/v1`, headers: { 'api-key': KEY } },
      anthropic: { protocol: 'anthropic', url: vendor.url, headers: { 'x-api-key': KEY, 'anthropic-version': '2023-06-01' } },
      google: undefined,
      mistral: undefined,
      bedrock: undefined,
      cohere: undefined,
    });
  });

  it.each([
    [
      'openai',
      '/models',
      {
        'gpt-4.1-mini': 'llm.chat',
        'text-embedding-3-small': 'llm.embed',
        'gpt-4o-mini-tts': 'audio.tts',
        'whisper-1': 'audio.stt',
        'gpt-image-1': 'image.text2img',
      },
    ],
    ['openai-compatible', '/models', { 'llama3.2': 'llm.chat', 'nomic-embed-text': 'llm.embed' }],
    ['azure-openai', '/openai/v1/models', { 'gpt-4.1-2025-04-14': 'llm.chat' }],
    ['anthropic', '/models?limit=1000', { 'claude-sonnet-4-5-20250929': 'llm.chat' }],
    [
      'google',
      '/models?pageSize=1000',
      { 'gemini-2.5-flash': 'llm.chat', 'gemini-embedding-001': 'llm.embed', 'imagen-4.0-generate-001': 'image.text2img' },
    ],
    ['mistral', '/models', { 'mistral-small-latest': 'llm.chat', 'mistral-embed': 'llm.embed' }],
    ['cohere', '/models?page_size=1000', { 'command-a-03-2025': 'llm.chat', 'embed-v4.0': 'llm.embed' }],
  ])('%s lists its models', async (kind, path, expected) => {
    vendor.answer({ body: fixture(`${kind}/models.json`) });
    const client = await clientOf(kind, vendor.url, KEY);
    const models = await client.listModels?.(AbortSignal.timeout(10_000));
    expect(vendor.seen).toMatchObject([{ method: 'GET', path }]);
    expect(JSON.stringify(vendor.seen[0]?.headers)).toContain(KEY);
    expect(Object.fromEntries((models ?? []).filter(({ task }) => task).map(({ id, task }) => [id, task]))).toEqual(expected);
    vendor.answer({ status: 401, body: '{"error":{"message":"no","code":"invalid_api_key"}}' });
    const refused = await client.listModels?.(AbortSignal.timeout(10_000)).catch((thrown: unknown) => thrown);
    expect(failureOf(refused)).toMatchObject({ reason: 'auth', status: 401 });
    vendor.answer({ body: '<html>' });
    const odd = await client.listModels?.(AbortSignal.timeout(10_000)).catch((thrown: unknown) => thrown);
    expect(failureOf(odd)).toMatchObject({ reason: 'malformed' });
  });

  it.each([
    ['openai', '/embeddings', { model: 'm-1', input: ['one', 'two'] }],
    ['openai-compatible', '/embeddings', { model: 'm-1', input: ['one', 'two'] }],
    ['azure-openai', '/openai/v1/embeddings', { model: 'm-1', input: ['one', 'two'] }],
    [
      'google',
      '/models/m-1:batchEmbedContents',
      { requests: [{ content: { parts: [{ text: 'one' }] } }, { content: { parts: [{ text: 'two' }] } }] },
    ],
    ['mistral', '/embeddings', { model: 'm-1', input: ['one', 'two'] }],
    ['cohere', '/embed', { model: 'm-1', texts: ['one', 'two'] }],
    ['bedrock', '/model/m-1/invoke', { inputText: 'one' }],
  ])('%s makes vectors', async (kind, path, asked) => {
    vendor.answer({ body: fixture(`${kind}/embeddings.json`) });
    const model = (await clientOf(kind, vendor.url, KEY)).embedding?.('m-1');
    const values = kind === 'bedrock' ? ['one'] : ['one', 'two'];
    const result = await model?.doEmbed({ values });
    expect(vendor.seen).toMatchObject([{ method: 'POST', path, body: asked }]);
    expect(result?.embeddings).toEqual(
      [
        [0.1, 0.2],
        [0.3, 0.4],
      ].slice(0, values.length),
    );
    if (kind !== 'google') expect(result?.usage).toEqual({ tokens: 7 });
  });

  it('ranks with Cohere', async () => {
    vendor.answer({ body: fixture('cohere/rerank.json') });
    const model = (await clientOf('cohere', vendor.url, KEY)).ranking?.('rerank-v3.5');
    const result = await model?.doRerank({ query: 'Which?', documents: { type: 'text', values: ['no', 'yes'] }, topN: 2 });
    expect(vendor.seen).toMatchObject([
      { path: '/rerank', body: { model: 'rerank-v3.5', query: 'Which?', documents: ['no', 'yes'], top_n: 2 } },
    ]);
    expect(result?.ranking).toEqual([
      { index: 1, relevanceScore: 0.98 },
      { index: 0, relevanceScore: 0.02 },
    ]);
  });

  it('calls a deployment of Azure by its version, without a lane of its own', async () => {
    vendor.answer({ body: fixture('azure-openai/chat.json') });
    const client = await clientOf('azure-openai', vendor.url, KEY, { api_version: '2024-10-21' });
    await chatOf(client, 'my-deployment').doGenerate(question);
    expect(vendor.seen).toMatchObject([{ path: '/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21' }]);
    expect(client.native).toBeUndefined();
  });

  it("speaks OpenAI's Responses where that is set, and has nothing stored", async () => {
    const client = await clientOf('openai', vendor.url, KEY, { api: 'responses', organization: 'org-1', project: 'proj-1' });
    vendor.answer({ body: fixture('openai/responses.json') });
    const whole = await chatOf(client, 'gpt-5-pro').doGenerate(question);
    const events = streamEvents('openai', 'responses-stream');
    vendor.answer(streamReply('openai', events));
    const parts = await partsOf(client, question, 'gpt-5-pro');
    expect(vendor.seen[0]).toMatchObject({
      path: '/responses',
      body: { store: false },
      headers: { 'openai-organization': 'org-1', 'openai-project': 'proj-1' },
    });
    expect(vendor.seen[1]).toMatchObject({ path: '/responses', body: { store: false, stream: true } });
    expect(parts.at(-1)).toMatchObject({ type: 'finish', usage: whole.usage });
    vendor.answer(streamReply('openai', events.slice(0, -1)));
    const cut = (await partsOf(client, question, 'gpt-5-pro')).at(-1);
    expect(cut?.type === 'error' && failureOf(cut.error).reason).toBe('truncated');
  });

  it('takes a prompt that Google blocked for a whole answer', async () => {
    vendor.answer(streamReply('google', streamEvents('google', 'blocked-stream')));
    const parts = await partsOf(await clientOf('google', vendor.url, KEY));
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'content-filter' } });
    vendor.answer({ body: '{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":8}}' });
    const refused = await chatOf(await clientOf('google', vendor.url, KEY)).doGenerate(question);
    expect(refused.finishReason.unified).toBe('content-filter');
  });

  it('asks compatible servers for the usage of streams, unless they refuse', async () => {
    for (const include_usage of [true, false]) {
      vendor.answer(streamReply('openai-compatible', streamEvents('openai-compatible', 'chat-stream')));
      await partsOf(await clientOf('openai-compatible', vendor.url, KEY, { include_usage, headers: { 'X-Title': 'Ours' } }));
    }
    expect(vendor.seen.map(({ body }) => body['stream_options'])).toEqual([{ include_usage: true }, undefined]);
    expect(vendor.seen[0]?.headers['x-title']).toBe('Ours');
  });

  it('has ears and a voice at compatible servers, without a key too', async () => {
    const client = await clientOf('openai-compatible', vendor.url, undefined);
    vendor.answer({ headers: { 'content-type': 'audio/mpeg' }, body: Buffer.from('sound') });
    await client.speech?.('tts-1').doGenerate({ text: 'Hello', voice: 'alloy', outputFormat: 'mp3' });
    vendor.answer({ body: '{"text":"Hello","language":"english","duration":1.2}' });
    const heard = await client.transcription?.('whisper-1').doGenerate({ audio: new Uint8Array([1, 2]), mediaType: 'audio/wav' });
    expect(heard?.text).toBe('Hello');
    expect(vendor.seen).toMatchObject([
      { path: '/audio/speech', body: { input: 'Hello', voice: 'alloy' } },
      { path: '/audio/transcriptions' },
    ]);
    for (const { headers } of vendor.seen) expect(headers.authorization).toBeUndefined();
  });
});
