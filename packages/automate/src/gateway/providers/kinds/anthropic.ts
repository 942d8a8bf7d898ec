import { z } from 'zod';
import { defineProviderKind } from '../provider-kind.ts';
import { BaseUrl, ExtraHeaders, trimmed } from './base-url.ts';
import { listModels } from './list-models.ts';
import { requiredKey } from './required-key.ts';
import { withStreamEnd } from './stream-end.ts';
import { messagesEnd } from './stream-ends.ts';
import { wholeAnswers } from './whole-answers.ts';

const VERSION = '2023-06-01';

export const anthropic = defineProviderKind({
  kind: 'anthropic',
  title: 'Anthropic',
  description: 'Claude models. The key is one of console.anthropic.com, as `sk-ant-…`.',
  config: z.strictObject({
    base_url: BaseUrl.default('https://api.anthropic.com/v1').describe(
      'Where `/messages` follows; another one for a proxy that speaks as Anthropic does',
    ),
    headers: ExtraHeaders.default({}).describe('Sent with each call, as `anthropic-beta` for what is not released; no keys'),
  }),
  key: 'required',
  tasks: ['llm.chat'],
  priceBook: 'anthropic',
  url: (config) => trimmed(config.base_url),
  async create({ config, key, fetch }) {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    const apiKey = requiredKey(key, 'a key of Anthropic');
    const url = trimmed(config.base_url);
    const headers = { ...config.headers, 'x-api-key': apiKey, 'anthropic-version': VERSION };
    const chats = createAnthropic({ baseURL: url, apiKey, headers: config.headers, fetch: withStreamEnd(fetch, messagesEnd) });
    return {
      chat: (model) => wholeAnswers(chats.messages(model)),
      native: { protocol: 'anthropic', url, headers },
      listModels: (signal) =>
        listModels({
          fetch,
          url: `${url}/models?limit=1000`,
          headers,
          signal,
          facts: ({ id }) => (typeof id === 'string' ? { id, task: 'llm.chat' } : undefined),
        }),
    };
  },
});
