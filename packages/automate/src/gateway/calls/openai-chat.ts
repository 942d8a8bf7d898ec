import type { JsonObject } from '../../kernel/index.ts';
import { toCallOptions } from '../protocols/openai-chat/call-options.ts';
import { toCompletion } from '../protocols/openai-chat/completion.ts';
import { toOpenaiError } from '../protocols/openai-chat/errors.ts';
import type { ChatCompletionRequest } from '../protocols/openai-chat/schemas.ts';
import { createChatEncoder } from '../protocols/openai-chat/stream.ts';
import { chatOutcome } from '../protocols/sniffing/bodies.ts';
import { openaiChatSniffer } from '../protocols/sniffing/openai-chat.ts';
import { dataEvent } from '../protocols/sse.ts';
import type { ChatFront } from './chat-front.ts';
import { sniffedRelay } from './sniffed-relay.ts';

/** `POST /v1/chat/completions`. */
export const openaiChat: ChatFront<ChatCompletionRequest> = {
  protocol: 'openai.chat',
  isStreamed: ({ stream }) => stream === true,
  maximumTokens: ({ max_completion_tokens: most, max_tokens: old }) => most ?? old ?? undefined,
  toOptions: toCallOptions,
  toReply: (result, { id, model, created }) => toCompletion(result, { id: `chatcmpl-${id}`, model, created }),
  encoder: (request, { id, model, created }) =>
    createChatEncoder({ id: `chatcmpl-${id}`, model, created, hasUsage: request.stream_options?.include_usage === true }),
  native: {
    protocol: 'openai',
    path: '/chat/completions',
    body: nativeBody,
    outcomeOf: chatOutcome,
    isReply: (reply) => Array.isArray((reply as { choices?: unknown } | null)?.choices),
    relay: (request) =>
      sniffedRelay(openaiChatSniffer({ isUsageHidden: request.stream_options?.include_usage !== true }), (failure) =>
        dataEvent(JSON.stringify(toOpenaiError(failure))),
      ),
  },
};

/** What the request says, above the defaults; usage is asked for in any case, or a stream could not be paid. */
function nativeBody(request: ChatCompletionRequest, params: JsonObject, model: string): object {
  if (request.stream !== true) return { ...params, ...request, model };
  return { ...params, ...request, model, stream_options: { ...request.stream_options, include_usage: true } };
}
