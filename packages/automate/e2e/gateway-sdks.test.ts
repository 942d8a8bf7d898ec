import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';
import { inherited } from './support/inherited.ts';
import { WORDS } from './support/model-answers.ts';
import { SAID } from './support/model-media.ts';

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
    await house.endpoint('pictures', 'dall-e', { tasks: ['image.text2img', 'image.img2img'] });
    await house.endpoint('slow-pictures', 'slow-picture', { tasks: ['image.text2img'] });
    await house.endpoint('voice', 'tts', { tasks: ['audio.tts'] });
    await house.endpoint('busy-voice', 'fault-rate-limited-8', { tasks: ['audio.tts'] });
    await house.endpoint('slow-voice', 'slow-said', { tasks: ['audio.tts'] });
    await house.endpoint('ear', 'stt', { tasks: ['audio.stt'] });
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
      models: ['busy', 'busy-voice', 'chat', 'cut', 'ear', 'pictures', 'slow', 'slow-pictures', 'slow-voice', 'vectors', 'voice'],
      unknown: { name: 'NotFoundError', status: 404, code: 'model_not_found' },
      invalid: { name: 'BadRequestError', status: 400, param: 'messages' },
      busy: { name: 'RateLimitError', status: 429 },
      badKey: { name: 'AuthenticationError', status: 401 },
      cut: { name: 'APIError' },
      images: [2, 'PNG'],
      linked: true,
      edited: 1,
      speech: ['audio/mpeg', 'ID3'],
      transcription: SAID,
      verbose: 1,
      subtitles: `1\n00:00:00,000 --> 00:00:02,000\n${SAID}\n`,
      heard: SAID,
      noSound: { name: 'BadRequestError', status: 400, param: 'file' },
      noVoice: { name: 'BadRequestError', status: 400, code: 'provider_refused' },
      noSize: { name: 'BadRequestError', status: 400, param: 'size' },
      busyVoice: { name: 'RateLimitError', status: 429 },
      abortSpeech: 'AbortError',
    });
    await house.vendor.abortedAt('slow-sdk');
    await house.vendor.abortedAt('slow-said');
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
      images: [2, 'image/png'],
      speech: 'ID3',
      transcription: SAID,
      noSound: { status: 400 },
      busyVoice: { status: 429 },
      unknownImage: { status: 404 },
      abortImage: 'AbortError',
    });
    await house.vendor.abortedAt('slow-picture');
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
