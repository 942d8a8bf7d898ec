import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';

/** Who a model is asked for: their limits hold, and the call is logged under their name. */
export interface ModelCaller {
  readonly tenantId: string;
  /** `user:<id>`, `api_key:<id>`. */
  readonly actor: string;
  readonly traceId: string;
  readonly apiKeyId?: string | null;
}

/** Tokens in classes that do not overlap. */
export interface TokenUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export interface ChatRequest {
  /** An endpoint, an alias or `provider/model`. */
  readonly model: string;
  readonly options: LanguageModelV4CallOptions;
  readonly prompt?: { readonly id: string; readonly version: number };
  readonly signal?: AbortSignal;
}

export interface ChatAnswer {
  readonly text: string;
  readonly usage: TokenUsage;
  /** Billionths of a dollar; null where no price is known. */
  readonly costNanos: number | null;
  readonly latencyMs: number;
  readonly callId: string;
  readonly finishReason: string;
}

export interface EmbedRequest {
  readonly model: string;
  readonly texts: string[];
  readonly signal?: AbortSignal;
}

export interface EmbedAnswer {
  readonly embeddings: number[][];
  readonly usage: TokenUsage;
  readonly costNanos: number | null;
  readonly callId: string;
}

/** What of the gateway's calls prompts are tried with. */
export interface PromptCaller {
  chat(caller: ModelCaller, request: ChatRequest): Promise<ChatAnswer>;
  embed(caller: ModelCaller, request: EmbedRequest): Promise<EmbedAnswer>;
}

/** Usage as it goes out. */
export function usageOnWire(usage: TokenUsage) {
  return {
    input_tokens: usage.input,
    cache_read_tokens: usage.cacheRead,
    cache_write_tokens: usage.cacheWrite,
    output_tokens: usage.output,
    reasoning_tokens: usage.reasoning,
  };
}
