import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { remoteKinds } from './remote-kinds.ts';
import { chatOf, clientOf, type FakeVendor, fakeVendor, fixture, question } from './test-support.ts';

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
