import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
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
const AWS_KEY = 'AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

let vendor: FakeVendor;
beforeAll(async () => {
  vendor = await fakeVendor();
});
beforeEach(() => {
  vendor.seen.length = 0;
});
afterAll(() => vendor.close());

describe('kinds of remote providers', () => {
  it.each(remoteKinds.map((kind) => [kind.kind, kind] as const))('%s says what has to be set', (_name, kind) => {
    const schema = z.toJSONSchema(kind.config, { io: 'input' }) as { properties: Record<string, { description?: string }> };
    expect(Object.keys(schema.properties).length).toBeGreaterThan(0);
    for (const field of Object.values(schema.properties)) expect(field.description).toMatch(/\w{3}/);
    expect(kind.config.safeParse({ base_url: 'https://a.example', region: 'eu-central-1', colour: 'red' }).success).toBe(false);
  });

  it.each([
    'ftp://a.example',
    'a.example',
    'https://user:pw@a.example',
    'https://a.example/?key=1',
    'https://a.example/#x',
    'https://',
    '',
  ])('%j is no base URL', (base_url) => {
    for (const kind of remoteKinds) expect(kind.config.safeParse({ base_url, region: 'eu-central-1' }).success).toBe(false);
  });

  it('takes no key among the headers', () => {
    const kind = remoteKinds.find((one) => one.kind === 'openai-compatible');
    for (const name of ['Authorization', 'X-API-Key', 'cookie', 'Host', 'x-goog-api-key', 'bad name', 'x-auth-token']) {
      expect(kind?.config.safeParse({ base_url: 'https://a.example', headers: { [name]: 'x' } }).success, name).toBe(false);
    }
    expect(kind?.config.safeParse({ base_url: 'https://a.example', headers: { 'X-Title': 'Ours' } }).success).toBe(true);
  });

  it.each([
    ['openai', {}, 'https://api.openai.com/v1'],
    ['openai-compatible', { base_url: 'http://127.0.0.1:11434/v1/' }, 'http://127.0.0.1:11434/v1'],
    ['azure-openai', { base_url: 'https://r.openai.azure.com/' }, 'https://r.openai.azure.com'],
    ['anthropic', {}, 'https://api.anthropic.com/v1'],
    ['google', {}, 'https://generativelanguage.googleapis.com/v1beta'],
    ['mistral', {}, 'https://api.mistral.ai/v1'],
    ['bedrock', { region: 'eu-central-1' }, 'https://bedrock-runtime.eu-central-1.amazonaws.com'],
    ['bedrock', { region: 'cn-north-1' }, 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
    ['cohere', {}, 'https://api.cohere.com/v2'],
  ])('%s calls one address: %j', (name, config, url) => {
    const kind = remoteKinds.find((one) => one.kind === name);
    expect(kind?.url?.(kind.config.parse(config))).toBe(url);
  });

  it.each([{ region: 'x.evil.example/' }, { region: 'eu-central-1.evil.example#' }, { region: '' }, {}])(
    'bedrock refuses the region of %j',
    (config) => {
      expect(remoteKinds.find((one) => one.kind === 'bedrock')?.config.safeParse(config).success).toBe(false);
    },
  );

  it('wants a key where the vendor does, before anything is called', async () => {
    for (const { kind, key } of remoteKinds) {
      const made = clientOf(kind, vendor.url, undefined);
      if (key === 'required') await expect(made).rejects.toMatchObject({ code: 'provider_missing' });
      else await expect(made).resolves.toHaveProperty('chat');
    }
    expect(vendor.seen).toEqual([]);
  });

  it('sends nothing of the environment', async () => {
    const names = [
      ...['OPENAI_API_KEY', 'OPENAI_ORG_ID', 'AZURE_API_KEY', 'AZURE_RESOURCE_NAME', 'ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'],
      ...['GOOGLE_GENERATIVE_AI_API_KEY', 'MISTRAL_API_KEY', 'COHERE_API_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
      ...['AWS_SESSION_TOKEN', 'AWS_BEARER_TOKEN_BEDROCK', 'AWS_REGION'],
    ];
    const urls = ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'];
    const before = { ...process.env };
    for (const name of names) process.env[name] = `LEAK-${name}`;
    for (const name of urls) process.env[name] = 'http://127.0.0.1:9/leak';
    try {
      for (const { kind, key } of remoteKinds) {
        const keys = [KEY, ...(key === 'optional' ? [undefined] : []), ...(kind === 'bedrock' ? [AWS_KEY] : [])];
        for (const given of keys) await callAll(kind, given);
      }
    } finally {
      for (const name of [...names, ...urls]) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
    expect(vendor.seen.length).toBeGreaterThan(30);
    expect(JSON.stringify(vendor.seen)).not.toContain('LEAK');
    const keyless = vendor.seen.filter(
      ({ headers }) => headers.authorization === undefined && !JSON.stringify(headers).includes(KEY),
    );
    expect(keyless.length).toBeGreaterThan(3);
  });

  it('signs for AWS with what was given, and never sends the secret', async () => {
    vendor.answer({ body: fixture('bedrock/chat.json') });
    const [id = '', secret = ''] = AWS_KEY.split(':');
    const json = { access_key_id: id, secret_access_key: secret, session_token: 'session-token-1' };
    const forms = [
      AWS_KEY,
      `${AWS_KEY}:session-token-1`,
      JSON.stringify(json),
      JSON.stringify({ AccessKeyId: id, secretAccessKey: secret, SessionToken: 'session-token-1' }),
    ];
    for (const form of forms) await chatOf(await clientOf('bedrock', vendor.url, form)).doGenerate(question);
    for (const { headers } of vendor.seen) {
      expect(headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/bedrock\/aws4_request/,
      );
    }
    expect(vendor.seen.map(({ headers }) => headers['x-amz-security-token'])).toEqual([
      undefined,
      ...Array(3).fill('session-token-1'),
    ]);
    expect(JSON.stringify(vendor.seen)).not.toContain(secret);
    await chatOf(await clientOf('bedrock', vendor.url, JSON.stringify({ api_key: 'bedrock-api-key-xyz' }))).doGenerate(question);
    expect(vendor.seen.at(-1)?.headers.authorization).toBe('Bearer bedrock-api-key-xyz');
  });

  it.each(['{"access_key_id": "x"}', '{bad', 'id with spaces', 'a:b', '[1]x y'])(
    'bedrock says of the key %j which forms there are, and not what it was',
    async (key) => {
      const error = await clientOf('bedrock', vendor.url, key).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'provider_missing', message: expect.stringContaining('ACCESS_KEY_ID') });
      expect(JSON.stringify(error)).not.toContain(key);
    },
  );

  it.each(['../../v1/files', 'a/../b', 'm?key=1', 'm#x', '', 'm\nx', '.', 'a//b'])(
    'the model %j leads nowhere else',
    async (model) => {
      for (const kind of ['google', 'azure-openai']) {
        const client = await clientOf(kind, vendor.url, KEY);
        expect(() => chatOf(client, model)).toThrow(expect.objectContaining({ code: 'model_not_found' }));
      }
      expect(vendor.seen).toEqual([]);
    },
  );

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
    expect(parts.at(-1)).toMatchObject({ type: 'finish' });
    vendor.answer({ body: '{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":8}}' });
    const refused = await Promise.resolve(chatOf(await clientOf('google', vendor.url, KEY)).doGenerate(question)).catch(
      (thrown: unknown) => thrown,
    );
    expect(refused instanceof Error ? failureOf(refused).reason : 'none').toBe('content_filter');
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

/** Every way that a client has to go out; what comes back does not matter. */
async function callAll(kind: string, key: string | undefined): Promise<void> {
  vendor.answer({ body: '{}' });
  const client = await clientOf(kind, vendor.url, key);
  const image = {
    prompt: 'a',
    n: 1,
    size: undefined,
    aspectRatio: undefined,
    seed: undefined,
    files: undefined,
    mask: undefined,
    providerOptions: {},
  };
  const calls: readonly (() => unknown)[] = [
    () => client.chat?.('m-1').doGenerate(question),
    () => client.chat?.('m-1').doStream(question),
    () => client.embedding?.('m-1').doEmbed({ values: ['a'] }),
    () => client.image?.('m-1').doGenerate(image),
    () => client.speech?.('m-1').doGenerate({ text: 'a' }),
    () => client.transcription?.('m-1').doGenerate({ audio: new Uint8Array([1]), mediaType: 'audio/wav' }),
    () => client.ranking?.('m-1').doRerank({ query: 'a', documents: { type: 'text', values: ['b'] } }),
    () => client.listModels?.(AbortSignal.timeout(10_000)),
  ];
  for (const call of calls) await Promise.resolve(call()).catch(() => undefined);
}
