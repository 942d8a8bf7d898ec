import { z } from 'zod';
import { defineProviderKind } from '../provider-kind.ts';
import { BaseUrl, trimmed } from './base-url.ts';
import { bedrockEnd } from './bedrock-end.ts';
import { readBedrockKey } from './bedrock-key.ts';
import { requiredKey } from './required-key.ts';
import { withEnd } from './stream-end.ts';
import { wholeAnswers } from './whole-answers.ts';

/** Models are listed by another host of AWS, which the key is not bound to: they are named by hand. */
export const bedrock = defineProviderKind({
  kind: 'bedrock',
  title: 'Amazon Bedrock',
  description:
    'Models of Amazon Bedrock by their id, as `eu.anthropic.claude-sonnet-4-5-20250929-v1:0`. The key is `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, the same ' +
    'with `:SESSION_TOKEN`, JSON with `access_key_id`, `secret_access_key` and `session_token`, or an API key of Bedrock. The first three sign ' +
    'each request and are never sent.',
  config: z.strictObject({
    region: z
      .string()
      .regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'must be a region of AWS, as `eu-central-1`')
      .describe('The region that is called; the models have to be released there')
      .meta({ examples: ['us-east-1', 'eu-central-1'] }),
    base_url: BaseUrl.optional().describe('Another address of the runtime, as of an interface endpoint of your network'),
  }),
  key: 'required',
  tasks: ['llm.chat', 'llm.embed', 'image.text2img'],
  priceBook: 'aws',
  url: addressOf,
  async create({ config, key, fetch }) {
    const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
    const credentials = readBedrockKey(requiredKey(key, 'an access key of AWS or an API key of Bedrock'));
    const common = { region: config.region, baseURL: addressOf(config), ...credentials };
    const chats = createAmazonBedrock({ ...common, fetch: withEnd(fetch, 'application/vnd.amazon.eventstream', bedrockEnd) });
    const others = createAmazonBedrock({ ...common, fetch });
    return {
      chat: (model) => wholeAnswers(chats.languageModel(model)),
      embedding: (model) => others.embeddingModel(model),
      image: (model) => others.imageModel(model),
    };
  },
});

function addressOf({ region, base_url: url }: { readonly region: string; readonly base_url?: string | undefined }): string {
  if (url !== undefined) return trimmed(url);
  return `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
