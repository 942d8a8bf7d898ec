import { z } from 'zod';
import type { ModelFacts } from '../provider-kind.ts';
import { defineProviderKind } from '../provider-kind.ts';
import { BaseUrl, trimmed } from './base-url.ts';
import { listModels, taskOfName } from './list-models.ts';
import { pathModel } from './path-model.ts';
import { requiredKey } from './required-key.ts';
import { withStreamEnd } from './stream-end.ts';
import { geminiEnd } from './stream-ends.ts';
import { wholeAnswers } from './whole-answers.ts';

export const google = defineProviderKind({
  kind: 'google',
  title: 'Google Gemini',
  description: 'Gemini and Imagen models over the Gemini API. The key is one of aistudio.google.com/apikey, as `AIza…`.',
  config: z.strictObject({
    base_url: BaseUrl.default('https://generativelanguage.googleapis.com/v1beta').describe('Another address of the Gemini API'),
  }),
  key: 'required',
  tasks: ['llm.chat', 'llm.embed', 'audio.tts', 'image.text2img', 'image.img2img'],
  priceBook: 'google',
  url: (config) => trimmed(config.base_url),
  async create({ config, key, fetch }) {
    const { createGoogle } = await import('@ai-sdk/google');
    const apiKey = requiredKey(key, 'a key of the Gemini API');
    const url = trimmed(config.base_url);
    const chats = createGoogle({ baseURL: url, apiKey, fetch: withStreamEnd(fetch, geminiEnd) });
    const others = createGoogle({ baseURL: url, apiKey, fetch });
    const headers = { 'x-goog-api-key': apiKey };
    return {
      chat: (model) => wholeAnswers(chats.chat(pathModel(model))),
      embedding: (model) => others.embeddingModel(pathModel(model)),
      image: (model) => others.imageModel(pathModel(model)),
      speech: (model) => others.speech(pathModel(model)),
      listModels: (signal) => listModels({ fetch, url: `${url}/models?pageSize=1000`, headers, signal, field: 'models', facts }),
    };
  },
});

function facts({ name, supportedGenerationMethods: methods }: Readonly<Record<string, unknown>>): ModelFacts | undefined {
  if (typeof name !== 'string') return undefined;
  const id = name.replace(/^models\//, '');
  const isEmbedding = Array.isArray(methods) && methods.some((method) => /embed/i.test(String(method)));
  return { id, task: isEmbedding ? 'llm.embed' : taskOfName(id) };
}
