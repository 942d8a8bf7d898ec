import type { Caller } from '../calls/caller.ts';
import type { ModelAnswer, ModelCalls, ModelChat } from '../calls/model-calls.ts';

export type ModelCaller = Caller;
export type ChatRequest = ModelChat;
export type ChatAnswer = Omit<ModelAnswer, 'result' | 'provider' | 'model'>;
export type EmbedRequest = Parameters<ModelCalls['embed']>[1];
export type EmbedAnswer = Omit<Awaited<ReturnType<ModelCalls['embed']>>, 'latencyMs' | 'provider' | 'model'>;

/** What of the gateway's calls prompts are tried with. */
export interface PromptCaller {
  chat(caller: ModelCaller, request: ChatRequest): Promise<ChatAnswer>;
  embed(caller: ModelCaller, request: EmbedRequest): Promise<EmbedAnswer>;
}
