import type { StoredEndpoint } from '../endpoints/endpoint.store.ts';
import type { CallOptions } from '../protocols/options.ts';

/** Names of the OpenAI API, which defaults of an endpoint have, and what they are called within. */
const NAMES = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  max_tokens: 'maxOutputTokens',
  max_completion_tokens: 'maxOutputTokens',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  seed: 'seed',
} as const;

/** Options of a request above the defaults of the endpoint, within its ceiling. */
export function withParams(options: CallOptions, endpoint: StoredEndpoint | null): CallOptions {
  if (!endpoint) return options;
  const defaults: Record<string, number> = {};
  for (const [name, own] of Object.entries(NAMES)) {
    const value = endpoint.params[name];
    if (typeof value === 'number') defaults[own] = value;
  }
  const merged = { ...defaults, ...options } as CallOptions;
  const most = endpoint.limits.max_output_tokens;
  return most === undefined || merged.maxOutputTokens !== undefined ? merged : { ...merged, maxOutputTokens: most };
}
