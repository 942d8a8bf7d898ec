import type { ProviderKind } from '../provider-kind.ts';
import { anthropic } from './anthropic.ts';
import { azureOpenai } from './azure-openai.ts';
import { bedrock } from './bedrock.ts';
import { cohere } from './cohere.ts';
import { google } from './google.ts';
import { mistral } from './mistral.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';

/** Vendors of models, and servers that speak as one. */
export const remoteKinds: readonly ProviderKind[] = [
  openai,
  openaiCompatible,
  azureOpenai,
  anthropic,
  google,
  mistral,
  bedrock,
  cohere,
];
