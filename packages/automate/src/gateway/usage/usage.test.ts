import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { countOf } from './count.ts';
import { fromAnthropic, mergeAnthropicUsage } from './from-anthropic.ts';
import { fromModel } from './from-model.ts';
import { fromOpenaiChat, fromOpenaiResponses } from './from-openai.ts';
import { toAnthropicUsage } from './to-anthropic.ts';
import { toOpenaiChatUsage, toOpenaiResponsesUsage } from './to-openai.ts';
import { addUsage, noUsage, totalTokens, toWireUsage, type Usage } from './usage.ts';

const usage = (input = 0, cacheRead = 0, cacheWrite = 0, output = 0, reasoning = 0): Usage => ({
  input,
  cacheRead,
  cacheWrite,
  output,
  reasoning,
});

describe('a count of tokens', () => {
  it.each([
    [12, 12],
    ['12', 12],
    [1.9, 1],
    [-3, 0],
    ['-3', 0],
    ['12 tokens', 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 1e12],
    [1e300, 1e12],
    [null, 0],
    [undefined, 0],
    [true, 0],
    [{}, 0],
    [[5], 0],
    [5n, 0],
  ])('of %o is %d', (value, expected) => {
    expect(countOf(value)).toBe(expected);
  });
});

describe('usages', () => {
  it('are added class by class', () => {
    expect(addUsage(usage(1, 2, 3, 4, 5), usage(10, 20, 30, 40, 50))).toEqual(usage(11, 22, 33, 44, 55));
    expect(addUsage(noUsage, usage(1))).toEqual(usage(1));
    expect(totalTokens(usage(1, 2, 3, 4, 5))).toBe(15);
  });

  it('have names of their own on the wire', () => {
    expect(toWireUsage(usage(1, 2, 3, 4, 5))).toEqual({
      input_tokens: 1,
      cache_read_tokens: 2,
      cache_write_tokens: 3,
      output_tokens: 4,
      reasoning_tokens: 5,
    });
  });

  it('come back as they went, through each protocol', () => {
    const all = usage(100, 20, 30, 40, 5);
    expect(fromOpenaiChat(toOpenaiChatUsage(all))).toEqual(all);
    expect(fromOpenaiResponses(toOpenaiResponsesUsage(all))).toEqual(all);
    expect(fromAnthropic(toAnthropicUsage(all))).toEqual(all);
  });

  it('keep their total in each protocol', () => {
    const all = usage(100, 20, 30, 40, 5);
    expect(toOpenaiChatUsage(all)).toMatchObject({ prompt_tokens: 150, completion_tokens: 45, total_tokens: 195 });
    expect(toOpenaiResponsesUsage(all)).toMatchObject({ input_tokens: 150, output_tokens: 45, total_tokens: 195 });
    expect(toAnthropicUsage(all)).toMatchObject({ input_tokens: 100, output_tokens: 45 });
  });
});

describe('the usage of a chat completion', () => {
  it.each([
    ['plain', { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 }, usage(9, 0, 0, 12)],
    [
      'with a cache and reasoning',
      {
        prompt_tokens: 2006,
        completion_tokens: 300,
        prompt_tokens_details: { cached_tokens: 1920 },
        completion_tokens_details: { reasoning_tokens: 256 },
      },
      usage(86, 1920, 0, 44, 256),
    ],
    ['of DeepSeek', { prompt_tokens: 100, completion_tokens: 1, prompt_cache_hit_tokens: 64 }, usage(36, 64, 0, 1)],
    ['of Moonshot', { prompt_tokens: 100, completion_tokens: 1, cached_tokens: 64 }, usage(36, 64, 0, 1)],
    [
      'of xAI, which counts reasoning beside the completion',
      {
        prompt_tokens: 10,
        completion_tokens: 50,
        total_tokens: 90,
        completion_tokens_details: { reasoning_tokens: 30 },
      },
      usage(10, 0, 0, 50, 30),
    ],
    [
      'with more reasoning than output',
      { prompt_tokens: 1, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 8 } },
      usage(1, 0, 0, 5, 8),
    ],
    ['with more cached than there was', { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 50 } }, usage(0, 10)],
    [
      'with more written than there was',
      { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 50 } },
      usage(0, 4, 6),
    ],
    ['with details of null', { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: null }, usage(3, 0, 0, 4)],
    ['of embeddings', { prompt_tokens: 8, total_tokens: 8 }, usage(8)],
    ['of words', { prompt_tokens: 'many', completion_tokens: {}, prompt_tokens_details: 'none' }, noUsage],
    ['below nothing', { prompt_tokens: -5, completion_tokens: -1 }, noUsage],
  ])('%s', (_, raw, expected) => {
    expect(fromOpenaiChat(raw)).toEqual(expected);
  });
});

describe('a usage that is none', () => {
  it.each([null, undefined, 'usage', 7, [], [1, 2], true])('is nothing: %o', (raw) => {
    expect(fromOpenaiChat(raw)).toEqual(noUsage);
    expect(fromOpenaiResponses(raw)).toEqual(noUsage);
    expect(fromAnthropic(raw)).toEqual(noUsage);
    expect(fromModel(raw as unknown as LanguageModelV4Usage)).toEqual(noUsage);
    expect(fromAnthropic(mergeAnthropicUsage(raw, raw))).toEqual(noUsage);
  });
});

describe('the usage of a message', () => {
  it('has its input beside the cache', () => {
    const raw = { input_tokens: 21, cache_creation_input_tokens: 188086, cache_read_input_tokens: 5, output_tokens: 393 };
    expect(fromAnthropic(raw)).toEqual(usage(21, 5, 188086, 393));
  });

  it('has thinking in its output', () => {
    const raw = { input_tokens: 1, output_tokens: 100, output_tokens_details: { thinking_tokens: 70 } };
    expect(fromAnthropic(raw)).toEqual(usage(1, 0, 0, 30, 70));
  });

  it('may tell of writes only by how long they are kept', () => {
    const raw = {
      input_tokens: 1,
      output_tokens: 1,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 6 },
    };
    expect(fromAnthropic(raw)).toEqual(usage(1, 0, 10, 1));
  });

  it('counts all turns of one that was compacted', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 1000, output_tokens: 50 },
      { type: 'message', input_tokens: 100, output_tokens: 20 },
      { type: 'advisor_message', input_tokens: 7, output_tokens: 7 },
    ];
    expect(fromAnthropic({ input_tokens: 100, output_tokens: 20, iterations })).toEqual(usage(1100, 0, 0, 70));
    const served = [...iterations, { type: 'fallback_message' }];
    expect(fromAnthropic({ input_tokens: 3, output_tokens: 2, iterations: served })).toEqual(usage(3, 0, 0, 2));
    expect(fromAnthropic({ input_tokens: 3, output_tokens: 2, iterations: [null, 'x'] })).toEqual(usage(3, 0, 0, 2));
  });

  it('is that of its start and its delta together', () => {
    const start = { input_tokens: 25, cache_read_input_tokens: 7, output_tokens: 1 };
    expect(fromAnthropic(mergeAnthropicUsage(start, { output_tokens: 15 }))).toEqual(usage(25, 7, 0, 15));
    const again = { input_tokens: 0, cache_read_input_tokens: null, output_tokens: 15 };
    expect(fromAnthropic(mergeAnthropicUsage(start, again))).toEqual(usage(25, 7, 0, 15));
    expect(fromAnthropic(mergeAnthropicUsage({ input_tokens: 0 }, { input_tokens: 31, output_tokens: 2 }))).toEqual(
      usage(31, 0, 0, 2),
    );
  });
});

describe('the usage of a model', () => {
  const model = (input: object, output: object, raw?: object) =>
    ({ inputTokens: input, outputTokens: output, ...(raw && { raw }) }) as LanguageModelV4Usage;

  it.each([
    [
      model({ total: 100, noCache: 70, cacheRead: 20, cacheWrite: 10 }, { total: 50, text: 30, reasoning: 20 }),
      usage(70, 20, 10, 30, 20),
    ],
    [model({ total: 100 }, { total: 50 }), usage(100, 0, 0, 50)],
    [model({ noCache: 70, cacheRead: 20 }, { text: 30, reasoning: 20 }), usage(70, 20, 0, 30, 20)],
    [model({ total: Number.NaN, cacheRead: -1 }, { total: undefined }), noUsage],
    [model({ total: 10, cacheRead: 50 }, { total: 5, reasoning: 9 }), usage(0, 10, 0, 5, 9)],
  ])('%o', (given, expected) => {
    expect(fromModel(given)).toEqual(expected);
  });

  it('is read from what the provider said where that says more', () => {
    const raw = {
      prompt_tokens: 10,
      completion_tokens: 50,
      total_tokens: 90,
      completion_tokens_details: { reasoning_tokens: 30 },
    };
    expect(fromModel(model({ total: 10 }, { total: 50, text: 20, reasoning: 30 }, raw))).toEqual(fromOpenaiChat(raw));
  });
});
