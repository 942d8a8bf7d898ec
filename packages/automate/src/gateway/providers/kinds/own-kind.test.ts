import { APICallError, type LanguageModelV4 } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineProviderKind } from '../provider-kind.ts';
import { failureOf } from './failure.ts';
import { chatOf, fakeVendor, question } from './test-support.ts';

/** A vendor of one's own: one function that answers, in the words of the AI SDK. */
const acme = defineProviderKind({
  kind: 'acme',
  title: 'Acme',
  description: 'The model of our own house.',
  config: z.strictObject({ base_url: z.url().describe('Where `/answer` follows') }),
  key: 'required',
  tasks: ['llm.chat'],
  url: (config) => config.base_url,
  create: ({ config, key, fetch }) => ({ chat: (model) => acmeModel({ model, url: `${config.base_url}/answer`, key, fetch }) }),
});

function acmeModel(options: { model: string; url: string; key: string | undefined; fetch: typeof fetch }): LanguageModelV4 {
  const { model, url, key, fetch } = options;
  return {
    specificationVersion: 'v4',
    provider: 'acme',
    modelId: model,
    supportedUrls: {},
    async doGenerate({ prompt, abortSignal }) {
      const init = { method: 'POST', headers: { 'x-acme-key': key ?? '' }, body: JSON.stringify({ model, prompt }) };
      const reply = await fetch(url, { ...init, ...(abortSignal && { signal: abortSignal }) });
      const responseBody = await reply.text();
      const told = { url, requestBodyValues: {}, statusCode: reply.status, responseBody };
      if (!reply.ok)
        throw new APICallError({ message: 'Acme refused.', ...told, responseHeaders: Object.fromEntries(reply.headers) });
      const { answer, read, written } = JSON.parse(responseBody) as { answer: string; read: number; written: number };
      return {
        content: [{ type: 'text', text: answer }],
        finishReason: { unified: 'stop', raw: undefined },
        usage: {
          inputTokens: { total: read, noCache: read, cacheRead: undefined, cacheWrite: undefined },
          outputTokens: { total: written, text: written, reasoning: undefined },
        },
        warnings: [],
      };
    },
    doStream: () => Promise.reject(new Error('Acme answers in one piece.')),
  };
}

describe('a kind of one’s own', () => {
  it('answers, and fails in the same shape as all', async () => {
    const vendor = await fakeVendor();
    try {
      vendor.answer({ body: '{"answer":"Hello","read":4,"written":1}' });
      const client = await acme.create({ config: acme.config.parse({ base_url: vendor.url }), key: 'acme-key', fetch });
      const result = await chatOf(client).doGenerate(question);
      expect(result).toMatchObject({ content: [{ text: 'Hello' }], usage: { inputTokens: { total: 4 } } });
      expect(vendor.seen).toMatchObject([{ path: '/answer', headers: { 'x-acme-key': 'acme-key' } }]);
      vendor.answer({ status: 429, headers: { 'retry-after': '3' }, body: '{"message":"Slowly!"}' });
      const error = await Promise.resolve(chatOf(client).doGenerate(question)).catch((thrown: unknown) => thrown);
      expect(failureOf(error)).toMatchObject({ reason: 'rate_limited', retryAfterMs: 3_000, message: 'Slowly!' });
    } finally {
      await vendor.close();
    }
  });
});
