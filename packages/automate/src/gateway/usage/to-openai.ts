import { inputTokens, outputTokens, totalTokens, type Usage } from './usage.ts';

/** The `usage` of a chat completion. */
export function toOpenaiChatUsage(usage: Usage) {
  return {
    prompt_tokens: inputTokens(usage),
    completion_tokens: outputTokens(usage),
    total_tokens: totalTokens(usage),
    prompt_tokens_details: inputDetails(usage),
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}

/** The `usage` of the Responses API. */
export function toOpenaiResponsesUsage(usage: Usage) {
  return {
    input_tokens: inputTokens(usage),
    input_tokens_details: inputDetails(usage),
    output_tokens: outputTokens(usage),
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: totalTokens(usage),
  };
}

function inputDetails({ cacheRead, cacheWrite }: Usage) {
  return { cached_tokens: cacheRead, ...(cacheWrite > 0 && { cache_write_tokens: cacheWrite }) };
}
