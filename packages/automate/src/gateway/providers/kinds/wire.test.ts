import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromModel } from '../../usage/from-model.ts';
import { failureOf } from './failure.ts';
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

interface Vendor {
  readonly kind: string;
  readonly chat: string;
  readonly stream: string;
  readonly key: (headers: Readonly<Record<string, unknown>>) => unknown;
  readonly usage: object;
  /** How many events of a stream come after the one that says that the answer is whole, that one included. */
  readonly tail: number;
  /** Where the body holds what was asked. */
  readonly asked: object;
}

const openaiUsage = {
  inputTokens: { total: 1200, noCache: 176, cacheRead: 1024 },
  outputTokens: { total: 300, text: 100, reasoning: 200 },
};
const bearer = (headers: Readonly<Record<string, unknown>>): unknown => String(headers['authorization']).replace('Bearer ', '');
const completions = {
  model: 'm-1',
  temperature: 0.5,
  messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
  tools: [{ type: 'function', function: { name: 'weather' } }],
};

const vendors: readonly Vendor[] = [
  {
    kind: 'openai',
    chat: '/chat/completions',
    stream: '/chat/completions',
    key: bearer,
    usage: openaiUsage,
    tail: 3,
    asked: completions,
  },
  {
    kind: 'openai-compatible',
    chat: '/chat/completions',
    stream: '/chat/completions',
    key: bearer,
    usage: { inputTokens: { total: 12 }, outputTokens: { total: 5 } },
    tail: 3,
    asked: { ...completions, max_tokens: 64 },
  },
  {
    kind: 'azure-openai',
    chat: '/openai/v1/chat/completions',
    stream: '/openai/v1/chat/completions',
    key: (headers) => headers['api-key'],
    usage: openaiUsage,
    tail: 3,
    asked: completions,
  },
  {
    kind: 'anthropic',
    chat: '/messages',
    stream: '/messages',
    key: (headers) => headers['x-api-key'],
    usage: { inputTokens: { total: 1112, noCache: 12, cacheRead: 1000, cacheWrite: 100 }, outputTokens: { total: 30 } },
    tail: 1,
    asked: { model: 'm-1', max_tokens: 64, system: [{ type: 'text', text: 'Be brief.' }], tools: [{ name: 'weather' }] },
  },
  {
    kind: 'google',
    chat: '/models/m-1:generateContent',
    stream: '/models/m-1:streamGenerateContent?alt=sse',
    key: (headers) => headers['x-goog-api-key'],
    usage: { inputTokens: { total: 1200, noCache: 176, cacheRead: 1024 }, outputTokens: { total: 100, text: 20, reasoning: 80 } },
    tail: 1,
    asked: {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      generationConfig: { maxOutputTokens: 64, temperature: 0.5 },
      tools: [{ functionDeclarations: [{ name: 'weather' }] }],
    },
  },
  {
    kind: 'mistral',
    chat: '/chat/completions',
    stream: '/chat/completions',
    key: bearer,
    usage: { inputTokens: { total: 40, noCache: 32, cacheRead: 8 }, outputTokens: { total: 5 } },
    tail: 2,
    asked: { ...completions, max_tokens: 64 },
  },
  {
    kind: 'bedrock',
    chat: '/model/m-1/converse',
    stream: '/model/m-1/converse-stream',
    key: bearer,
    usage: { inputTokens: { total: 122, noCache: 12, cacheRead: 100, cacheWrite: 10 }, outputTokens: { total: 5 } },
    tail: 2,
    asked: {
      system: [{ text: 'Be brief.' }],
      inferenceConfig: { maxTokens: 64, temperature: 0.5 },
      toolConfig: { tools: [{ toolSpec: { name: 'weather' } }] },
    },
  },
  {
    kind: 'cohere',
    chat: '/chat',
    stream: '/chat',
    key: bearer,
    usage: { inputTokens: { total: 71 }, outputTokens: { total: 7 } },
    tail: 1,
    asked: { model: 'm-1', max_tokens: 64, tools: [{ type: 'function', function: { name: 'weather' } }] },
  },
];

describe.each(vendors)('the wire of $kind', ({ kind, chat, stream, key, usage, tail, asked }) => {
  let vendor: FakeVendor;
  beforeEach(async () => {
    vendor = await fakeVendor();
  });
  afterEach(() => vendor.close());

  it('asks for a chat, and reads the answer', async () => {
    vendor.answer({ body: fixture(`${kind}/chat.json`) });
    const result = await chatOf(await clientOf(kind, vendor.url, KEY)).doGenerate(question);
    expect(vendor.seen).toHaveLength(1);
    expect(vendor.seen[0]).toMatchObject({ method: 'POST', path: chat, body: asked });
    expect(key(vendor.seen[0]?.headers ?? {})).toBe(KEY);
    expect(result.content.filter(({ type }) => type === 'text')).toMatchObject([{ text: 'Grüße, world 🌍.' }]);
    expect(result.finishReason.unified).toBe('stop');
    expect(result.usage).toMatchObject(usage);
    vendor.answer(streamReply(kind, streamEvents(kind, 'chat-stream')));
    const last = (await partsOf(await clientOf(kind, vendor.url, KEY))).at(-1);
    expect(last?.type === 'finish' && fromModel(last.usage)).toEqual(fromModel(result.usage));
  });

  it('streams the same, for the same usage', async () => {
    vendor.answer(streamReply(kind, streamEvents(kind, 'chat-stream')));
    const parts = await partsOf(await clientOf(kind, vendor.url, KEY));
    expect(vendor.seen[0]).toMatchObject({ method: 'POST', path: stream, body: asked });
    expect(key(vendor.seen[0]?.headers ?? {})).toBe(KEY);
    expect(textOf(parts)).toBe('Grüße, world 🌍.');
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop' }, usage });
    expect(parts.filter(({ type }) => type === 'error')).toEqual([]);
  });

  it('reads calls of tools side by side, whole and in pieces', async () => {
    vendor.answer({ body: fixture(`${kind}/tools.json`) });
    const client = await clientOf(kind, vendor.url, KEY);
    const whole = await chatOf(client).doGenerate(question);
    vendor.answer(streamReply(kind, streamEvents(kind, 'tools-stream')));
    const parts = await partsOf(client);
    const expected = [
      { name: 'weather', input: { city: 'Köln' } },
      { name: 'weather', input: { city: 'Oslo', days: 2 } },
    ];
    expect(callsOf(whole.content)).toEqual(expected);
    expect(callsOf(parts)).toEqual(expected);
    expect(new Set(parts.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))).size).toBe(2);
    expect(whole.finishReason.unified).toBe('tool-calls');
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'tool-calls' }, usage: whole.usage });
  });

  it('shows a stream that ends too soon as an error, wherever it is cut', async () => {
    const client = await clientOf(kind, vendor.url, KEY);
    for (const name of ['chat-stream', 'tools-stream']) {
      const events = streamEvents(kind, name);
      for (let kept = 0; kept <= events.length - tail; kept += 1) {
        vendor.answer(streamReply(kind, events.slice(0, kept)));
        const outcome = await outcomeOf(client);
        expect(outcome, `${name}, ${kept} of ${events.length} events`).toMatchObject({
          reason: 'truncated',
          isFinished: false,
          errors: 1,
        });
      }
    }
  });

  it('shows a stream whose last event is cut within, or whose connection is lost, as an error', async () => {
    const client = await clientOf(kind, vendor.url, KEY);
    const events = streamEvents(kind, 'chat-stream');
    const kept = Buffer.concat(events.slice(0, events.length - tail + 1));
    vendor.answer(streamReply(kind, [kept.subarray(0, kept.length - 2)]));
    expect(await outcomeOf(client)).toMatchObject({ reason: 'truncated', isFinished: false });
    vendor.answer(streamReply(kind, events.slice(0, 3), 'reset'));
    expect(await outcomeOf(client)).toMatchObject({ reason: 'truncated', isFinished: false });
  });

  it('takes an answer whose end was said for whole', async () => {
    const events = streamEvents(kind, 'chat-stream');
    vendor.answer(streamReply(kind, events.slice(0, events.length - tail + 1)));
    expect(await outcomeOf(await clientOf(kind, vendor.url, KEY))).toMatchObject({ isFinished: true, errors: 0 });
  });

  it('shows an answer that cannot be read as such', async () => {
    const client = await clientOf(kind, vendor.url, KEY);
    for (const body of ['{"choices": [', '{"surprise": true}', '<html>welcome</html>']) {
      vendor.answer({ body });
      const error = await Promise.resolve(chatOf(client).doGenerate(question)).catch((thrown: unknown) => thrown);
      expect(failureOf(error), body).toMatchObject({ reason: 'malformed', isRetryable: true, isFallbackable: true });
    }
  });

  it('hangs up when its caller does', async () => {
    const events = streamEvents(kind, 'chat-stream');
    vendor.answer(streamReply(kind, events.slice(0, 3), 'hang'));
    const gone = new AbortController();
    const client = await clientOf(kind, vendor.url, KEY);
    const { stream: parts } = await chatOf(client).doStream({ ...question, abortSignal: gone.signal });
    const reader = parts.getReader();
    await reader.read();
    gone.abort();
    await expect(async () => {
      while (!(await reader.read()).done);
    }).rejects.toThrow();
    await vendor.hungUp;
  });

  it('hangs up when nobody reads on', async () => {
    vendor.answer(streamReply(kind, streamEvents(kind, 'chat-stream').slice(0, 3), 'hang'));
    const { stream: parts } = await chatOf(await clientOf(kind, vendor.url, KEY)).doStream(question);
    await parts.cancel();
    await vendor.hungUp;
  });
});

function textOf(parts: readonly LanguageModelV4StreamPart[]): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('');
}

function callsOf(parts: readonly { readonly type: string }[]): unknown[] {
  return parts
    .filter((part): part is { type: 'tool-call'; toolName: string; input: string } => part.type === 'tool-call')
    .map(({ toolName, input }) => ({ name: toolName, input: JSON.parse(input) }));
}

/** A model may refuse at once what it finds in the first event. */
async function outcomeOf(client: Parameters<typeof partsOf>[0]): Promise<object> {
  try {
    const parts = await partsOf(client);
    const errors = parts.filter((part) => part.type === 'error');
    const reason = errors[0] && failureOf(errors[0].error).reason;
    return { reason, errors: errors.length, isFinished: parts.some(({ type }) => type === 'finish'), last: parts.at(-1)?.type };
  } catch (error) {
    return { reason: failureOf(error).reason, errors: 1, isFinished: false };
  }
}
