import { z } from 'zod';
import type { Task } from '../../tasks.ts';
import type { ModelFacts } from '../provider-kind.ts';
import { defineProviderKind } from '../provider-kind.ts';
import { BaseUrl, trimmed } from './base-url.ts';
import { listModels } from './list-models.ts';
import { requiredKey } from './required-key.ts';
import { withStreamEnd } from './stream-end.ts';
import { cohereEnd } from './stream-ends.ts';
import { wholeAnswers } from './whole-answers.ts';

export const cohere = defineProviderKind({
  kind: 'cohere',
  title: 'Cohere',
  description: 'Command models, embeddings and Rerank. The key is one of dashboard.cohere.com/api-keys.',
  config: z.strictObject({
    base_url: BaseUrl.default('https://api.cohere.com/v2').describe('Where `/chat`, `/embed` and `/rerank` of version 2 follow'),
  }),
  key: 'required',
  tasks: ['llm.chat', 'llm.embed'],
  priceBook: 'cohere',
  url: (config) => trimmed(config.base_url),
  async create({ config, key, fetch }) {
    const { createCohere } = await import('@ai-sdk/cohere');
    const apiKey = requiredKey(key, 'a key of Cohere');
    const url = trimmed(config.base_url);
    const chats = createCohere({ baseURL: url, apiKey, fetch: withStreamEnd(fetch, cohereEnd) });
    const others = createCohere({ baseURL: url, apiKey, fetch });
    const headers = { authorization: `Bearer ${apiKey}` };
    // Models are listed by version 1 alone.
    const listing = { fetch, url: `${url.replace(/\/v2$/, '/v1')}/models?page_size=1000`, headers, field: 'models', facts };
    return {
      chat: (model) => wholeAnswers(chats.languageModel(model)),
      embedding: (model) => others.embeddingModel(model),
      ranking: (model) => others.rerankingModel(model),
      listModels: (signal) => listModels({ ...listing, signal }),
    };
  },
});

const TASKS: Readonly<Record<string, Task>> = { chat: 'llm.chat', embed: 'llm.embed' };

function facts({ name, endpoints }: Readonly<Record<string, unknown>>): ModelFacts | undefined {
  if (typeof name !== 'string') return undefined;
  const uses = Array.isArray(endpoints) ? endpoints.map(String) : [];
  return { id: name, task: uses.map((use) => TASKS[use]).find((task) => task !== undefined) };
}
