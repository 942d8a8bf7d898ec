import { z } from 'zod';
import { defineProviderKind } from '../provider-kind.ts';
import { BaseUrl, ExtraHeaders, trimmed, withoutKey } from './base-url.ts';
import { listModels } from './list-models.ts';
import { presets, presetText } from './presets.ts';
import { withStreamEnd } from './stream-end.ts';
import { completionsEnd } from './stream-ends.ts';
import { wholeAnswers } from './whole-answers.ts';

export const openaiCompatible = defineProviderKind({
  kind: 'openai-compatible',
  title: 'OpenAI-compatible',
  description: `Every server that speaks as OpenAI does, on this machine or elsewhere, by its base URL: ${presetText}. The key is optional.`,
  config: z.strictObject({
    base_url: BaseUrl.describe(
      'Where `/chat/completions` follows; an address of your own network has to be allowed by the operator',
    ).meta({
      examples: Object.values(presets),
    }),
    headers: ExtraHeaders.default({}).describe('Sent with each call, as `HTTP-Referer` and `X-Title` for OpenRouter; no keys'),
    include_usage: z
      .boolean()
      .default(true)
      .describe('Whether streams are asked for their usage (`stream_options`); off only for servers that refuse it'),
    structured_outputs: z
      .boolean()
      .default(true)
      .describe('Whether the server takes `response_format` with a JSON Schema; off asks for JSON alone'),
  }),
  key: 'optional',
  tasks: ['llm.chat', 'llm.embed', 'audio.tts', 'audio.stt', 'image.text2img', 'image.img2img'],
  url: (config) => trimmed(config.base_url),
  async create({ config, key, fetch }) {
    const [{ createOpenAICompatible }, { createOpenAI }] = await Promise.all([
      import('@ai-sdk/openai-compatible'),
      import('@ai-sdk/openai'),
    ]);
    const url = trimmed(config.base_url);
    const headers = { ...config.headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) };
    const { include_usage: includeUsage, structured_outputs: supportsStructuredOutputs } = config;
    const common = { name: 'openai-compatible', baseURL: url, headers, includeUsage, supportsStructuredOutputs };
    const chats = createOpenAICompatible({ ...common, fetch: withStreamEnd(fetch, completionsEnd) });
    const others = createOpenAICompatible({ ...common, fetch });
    // Only OpenAI's own package speaks and listens. Without a key it would look for one in the environment, so that it gets an empty one.
    const speech = createOpenAI({ baseURL: url, apiKey: '', headers: { ...withoutKey, ...headers }, fetch });
    return {
      chat: (model) => wholeAnswers(chats.chatModel(model)),
      embedding: (model) => others.embeddingModel(model),
      image: (model) => others.imageModel(model),
      speech: (model) => speech.speech(model),
      transcription: (model) => speech.transcription(model),
      native: { protocol: 'openai', url, headers },
      listModels: (signal) => listModels({ fetch, url: `${url}/models`, headers, signal }),
    };
  },
});
