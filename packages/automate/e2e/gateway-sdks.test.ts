import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';
import { inherited } from './support/inherited.ts';
import { WORDS } from './support/model-answers.ts';

const run = promisify(execFile);
const text = WORDS.join(' ');

describe.each(databaseKinds)('clients of vendors on %s', (kind) => {
  let house: GatewayHouse;
  beforeAll(async () => {
    house = await openGatewayHouse(kind);
    await house.endpoint('chat', 'good');
    await house.endpoint('vectors', 'vectors', { tasks: ['llm.embed'] });
    await house.endpoint('busy', 'fault-rate-limited-9');
    await house.endpoint('cut', 'fault-cut-9');
    await house.endpoint('slow', 'slow-sdk');
  });
  afterAll(() => house?.close());

  async function client(name: string, base: string): Promise<Record<string, unknown>> {
    const program = fileURLToPath(new URL(`./fixtures/sdks/${name}.mjs`, import.meta.url));
    const env = { ...inherited, BASE_URL: `${house.server.url}${base}`, API_KEY: house.server.token };
    const { stdout } = await run(process.execPath, [program], { env, timeout: 120_000 });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  }

  it("OpenAI's", async () => {
    expect(await client('openai', '/v1')).toMatchObject({
      chat: [text, 140],
      stream: text,
      tools: [
        [
          ['weather', { city: 'Rome', note: 'naïve – “ok”' }],
          ['news', { city: 'Oslo', note: 'naïve – “ok”' }],
        ],
        140,
      ],
      afterTools: 'The tool said: sunny',
      structured: { name: 'Ada', age: 36 },
      embeddings: [2, 8, 'number'],
      floats: 4,
      models: ['busy', 'chat', 'cut', 'slow', 'vectors'],
      unknown: { name: 'NotFoundError', status: 404, code: 'model_not_found' },
      invalid: { name: 'BadRequestError', status: 400, param: 'messages' },
      busy: { name: 'RateLimitError', status: 429 },
      badKey: { name: 'AuthenticationError', status: 401 },
      cut: { name: 'APIError' },
    });
    await house.vendor.abortedAt('slow-sdk');
  });

  it("Anthropic's", async () => {
    const { vendor } = house;
    const before = vendor.count('slow-sdk');
    expect(await client('anthropic', '')).toMatchObject({
      chat: [text, 'end_turn', 40, 60, 40],
      stream: text,
      tools: [
        [
          ['weather', { city: 'Rome', note: 'naïve – “ok”' }],
          ['news', { city: 'Oslo', note: 'naïve – “ok”' }],
        ],
        'tool_use',
      ],
      afterTools: 'The tool said: sunny',
      tokens: true,
      unknown: { name: 'NotFoundError', status: 404, type: 'not_found_error' },
      invalid: { name: 'BadRequestError', status: 400, type: 'invalid_request_error' },
      busy: { name: 'RateLimitError', status: 429, type: 'rate_limit_error' },
      badKey: { name: 'AuthenticationError', status: 401 },
      cut: { name: 'APIError' },
      abort: { name: 'APIUserAbortError' },
    });
    expect(vendor.count('slow-sdk')).toBe(before + 1);
  });

  it("Vercel's", async () => {
    expect(await client('ai', '/v1')).toMatchObject({
      chat: [text, 100, 40],
      stream: text,
      streamUsage: 40,
      tools: [2, 'The tool said: sunny in Rome'],
      structured: { name: 'Ada', age: 36 },
      embeddings: [2, 8],
      unknown: { status: 404 },
      busy: { status: 429 },
      abort: true,
    });
  });

  it("LangChain's", async () => {
    expect(await client('langchain', '/v1')).toMatchObject({
      chat: [text, 140],
      stream: [text, 140],
      tools: [['weather', 'Rome']],
      structured: { name: 'Ada', age: 36 },
      embeddings: [8, 2],
      unknown: 404,
    });
  });
});
