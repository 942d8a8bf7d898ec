import { z } from 'zod';
import { defineProviderKind } from '../provider-kind.ts';
import { BaseUrl, trimmed } from './base-url.ts';
import { listModels } from './list-models.ts';
import { requiredKey } from './required-key.ts';
import { withStreamEnd } from './stream-end.ts';
import { completionsEnd } from './stream-ends.ts';
import { wholeAnswers } from './whole-answers.ts';

/** It has no lane of its own: it refuses fields of OpenAI's that it does not know, `stream_options` among them. */
export const mistral = defineProviderKind({
  kind: 'mistral',
  title: 'Mistral',
  description: 'Mistral, Codestral, Magistral and Voxtral models, and embeddings. The key is one of console.mistral.ai.',
  config: z.strictObject({
    base_url: BaseUrl.default('https://api.mistral.ai/v1')
      .describe('Another address of the API, as of Codestral')
      .meta({ examples: ['https://api.mistral.ai/v1', 'https://codestral.mistral.ai/v1'] }),
  }),
  key: 'required',
  tasks: ['llm.chat', 'llm.embed', 'audio.stt'],
  priceBook: 'mistral',
  url: (config) => trimmed(config.base_url),
  async create({ config, key, fetch }) {
    const { createMistral } = await import('@ai-sdk/mistral');
    const apiKey = requiredKey(key, 'a key of Mistral');
    const url = trimmed(config.base_url);
    const chats = createMistral({ baseURL: url, apiKey, fetch: withStreamEnd(fetch, completionsEnd) });
    const others = createMistral({ baseURL: url, apiKey, fetch });
    const headers = { authorization: `Bearer ${apiKey}` };
    return {
      chat: (model) => wholeAnswers(chats.chat(model)),
      embedding: (model) => others.embeddingModel(model),
      transcription: (model) => others.transcription(model),
      listModels: (signal) => listModels({ fetch, url: `${url}/models`, headers, signal }),
    };
  },
});
