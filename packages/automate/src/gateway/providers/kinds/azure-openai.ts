import { z } from 'zod';
import { defineProviderKind } from '../provider-kind.ts';
import { BaseUrl, trimmed } from './base-url.ts';
import { listModels } from './list-models.ts';
import { pathModel } from './path-model.ts';
import { requiredKey } from './required-key.ts';
import { withStreamEnd } from './stream-end.ts';
import { completionsEnd } from './stream-ends.ts';
import { wholeAnswers } from './whole-answers.ts';

export const azureOpenai = defineProviderKind({
  kind: 'azure-openai',
  title: 'Azure OpenAI',
  description:
    'Models that were deployed to a resource of Azure. A model is named by its deployment. The key is one of "Keys and Endpoint" of the resource.',
  config: z.strictObject({
    base_url: BaseUrl.describe('The endpoint of the resource, without `/openai`').meta({
      examples: ['https://my-resource.openai.azure.com', 'https://my-resource.services.ai.azure.com'],
    }),
    api_version: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, 'must be a date as `2024-10-21`, with `-preview` or without')
      .optional()
      .describe(
        'Only for resources without the v1 API: calls `/openai/deployments/{deployment}` with this version; nothing is passed through then',
      )
      .meta({ examples: ['2024-10-21'] }),
  }),
  key: 'required',
  tasks: ['llm.chat', 'llm.embed', 'audio.tts', 'audio.stt', 'image.text2img', 'image.img2img'],
  priceBook: 'azure',
  url: (config) => trimmed(config.base_url),
  async create({ config, key, fetch }) {
    const { createAzure } = await import('@ai-sdk/azure');
    const apiKey = requiredKey(key, 'a key of the resource');
    const resource = trimmed(config.base_url);
    const v1 = `${resource}/openai/v1`;
    const headers = { 'api-key': apiKey };
    const { api_version: apiVersion } = config;
    const target =
      apiVersion === undefined ? { baseURL: v1 } : { baseURL: `${resource}/openai`, apiVersion, useDeploymentBasedUrls: true };
    const common = { ...target, apiKey, speechBaseURL: resource };
    const chats = createAzure({ ...common, fetch: withStreamEnd(fetch, completionsEnd) });
    const others = createAzure({ ...common, fetch });
    return {
      chat: (model) => wholeAnswers(chats.chat(pathModel(model))),
      embedding: (model) => others.embeddingModel(pathModel(model)),
      image: (model) => others.imageModel(pathModel(model)),
      speech: (model) => others.speech(pathModel(model)),
      transcription: (model) => others.transcription(pathModel(model)),
      native: apiVersion === undefined ? { protocol: 'openai', url: v1, headers } : undefined,
      listModels: (signal) => listModels({ fetch, url: `${v1}/models`, headers, signal }),
    };
  },
});
