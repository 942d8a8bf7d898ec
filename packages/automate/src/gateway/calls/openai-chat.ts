import type { JsonObject } from '../../kernel/index.ts';
import { failureOf } from '../protocols/failure.ts';
import { toCallOptions } from '../protocols/openai-chat/call-options.ts';
import { toCompletion } from '../protocols/openai-chat/completion.ts';
import { openaiChatEncoder } from '../protocols/openai-chat/encoder.ts';
import type { ChatCompletionRequest } from '../protocols/openai-chat/schemas.ts';
import { fromOpenaiChat } from '../usage/from-openai.ts';
import type { ChatFront } from './chat-front.ts';
import { openaiRelay } from './openai-relay.ts';

/** `POST /v1/chat/completions`. */
export const openaiChat: ChatFront<ChatCompletionRequest> = {
  protocol: 'openai.chat',
  isStreamed: ({ stream }) => stream === true,
  maximumTokens: ({ max_completion_tokens: most, max_tokens: old }) => most ?? old ?? undefined,
  toOptions: toCallOptions,
  toReply: (result, { id, model, created }) => toCompletion(result, { id: `chatcmpl-${id}`, model, created }),
  encoder: (request, { id, model, created }) =>
    openaiChatEncoder({ id: `chatcmpl-${id}`, model, created, includesUsage: request.stream_options?.include_usage === true }),
  native: {
    protocol: 'openai',
    path: '/chat/completions',
    body: nativeBody,
    usageOf: (reply) => fromOpenaiChat((reply as { usage?: unknown }).usage),
    isReply: (reply) => typeof reply === 'object' && reply !== null && Array.isArray((reply as { choices?: unknown }).choices),
    relay: (request) => openaiRelay(request.stream_options?.include_usage === true, failureOf),
  },
};

/** What the request says, above the defaults; usage is asked for in any case, or a stream could not be paid. */
function nativeBody(request: ChatCompletionRequest, params: JsonObject, model: string): object {
  if (request.stream !== true) return { ...params, ...request, model };
  return { ...params, ...request, model, stream_options: { ...request.stream_options, include_usage: true } };
}
