import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';
import { inherited } from './support/inherited.ts';
import { WORDS } from './support/model-server.ts';

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
});
