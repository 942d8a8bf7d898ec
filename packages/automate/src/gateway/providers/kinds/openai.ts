import { z } from 'zod';
import { defineProviderKind } from '../provider-kind.ts';
import { BaseUrl, trimmed } from './base-url.ts';
import { listModels } from './list-models.ts';
import { requiredKey } from './required-key.ts';
import { withStreamEnd } from './stream-end.ts';
import { completionsEnd, responsesEnd } from './stream-ends.ts';
import { wholeAnswers } from './whole-answers.ts';

const Identifier = z.string().regex(/^[\w-]{1,100}$/, 'must be an identifier, as `org-…`');

export const openai = defineProviderKind({
  kind: 'openai',
  title: 'OpenAI',
  description:
    'GPT and reasoning models, embeddings, speech and pictures of OpenAI. The key is one of platform.openai.com/api-keys, as `sk-proj-…`.',
  config: z.strictObject({
    base_url: BaseUrl.default('https://api.openai.com/v1')
      .describe('Another address of the API, as for data that stays in Europe')
      .meta({ examples: ['https://api.openai.com/v1', 'https://eu.api.openai.com/v1'] }),
    organization: Identifier.optional().describe('The organization that is charged, when the key belongs to more than one'),
    project: Identifier.optional().describe('The project that is charged, when the key belongs to more than one'),
    api: z
      .enum(['chat', 'responses'])
      .default('chat')
      .describe(
        'What chats are translated to: `responses` for models that know nothing else, such as `gpt-5-pro`; nothing is stored at OpenAI',
      ),
  }),
  key: 'required',
  tasks: ['llm.chat', 'llm.embed', 'audio.tts', 'audio.stt', 'image.text2img', 'image.img2img'],
  priceBook: 'openai',
  url: (config) => trimmed(config.base_url),
  async create({ config, key, fetch }) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    const apiKey = requiredKey(key, 'a key of OpenAI');
    const url = trimmed(config.base_url);
    const named = {
      ...(config.organization !== undefined && { 'openai-organization': config.organization }),
      ...(config.project !== undefined && { 'openai-project': config.project }),
    };
    const headers = { authorization: `Bearer ${apiKey}`, ...named };
    const isResponses = config.api === 'responses';
    const common = { baseURL: url, apiKey, headers: named };
    const chats = createOpenAI({ ...common, fetch: withStreamEnd(fetch, isResponses ? responsesEnd : completionsEnd) });
    const others = createOpenAI({ ...common, fetch });
    return {
      chat: (model) =>
        isResponses ? wholeAnswers(chats.responses(model), { openai: { store: false } }) : wholeAnswers(chats.chat(model)),
      embedding: (model) => others.embeddingModel(model),
      image: (model) => others.imageModel(model),
      speech: (model) => others.speech(model),
      transcription: (model) => others.transcription(model),
      native: { protocol: 'openai', url, headers },
      listModels: (signal) => listModels({ fetch, url: `${url}/models`, headers, signal }),
    };
  },
});
