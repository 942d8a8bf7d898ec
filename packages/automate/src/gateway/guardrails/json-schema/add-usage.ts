import type { LanguageModelV4Usage } from '@ai-sdk/provider';

/** The usage of two calls together. What neither said stays unknown, and what the providers sent is not kept. */
export function addUsage(one: LanguageModelV4Usage, other: LanguageModelV4Usage): LanguageModelV4Usage {
  const { inputTokens: input, outputTokens: output } = one;
  return {
    inputTokens: {
      total: sum(input.total, other.inputTokens.total),
      noCache: sum(input.noCache, other.inputTokens.noCache),
      cacheRead: sum(input.cacheRead, other.inputTokens.cacheRead),
      cacheWrite: sum(input.cacheWrite, other.inputTokens.cacheWrite),
    },
    outputTokens: {
      total: sum(output.total, other.outputTokens.total),
      text: sum(output.text, other.outputTokens.text),
      reasoning: sum(output.reasoning, other.outputTokens.reasoning),
    },
  };
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0);
}
