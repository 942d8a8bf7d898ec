import type { JsonObject } from '../../kernel/index.ts';
import { toCallOptions } from '../protocols/anthropic-messages/call-options.ts';
import { toAnthropicError } from '../protocols/anthropic-messages/errors.ts';
import { toMessage } from '../protocols/anthropic-messages/message.ts';
import type { MessagesRequest } from '../protocols/anthropic-messages/schemas.ts';
import { createMessagesEncoder } from '../protocols/anthropic-messages/stream.ts';
import { anthropicMessagesSniffer } from '../protocols/sniffing/anthropic-messages.ts';
import { messageOutcome } from '../protocols/sniffing/bodies.ts';
import { typedEvent } from '../protocols/sse.ts';
import type { ChatFront } from './chat-front.ts';
import { sniffedRelay } from './sniffed-relay.ts';

/** `POST /v1/messages`. */
export const anthropicMessages: ChatFront<MessagesRequest> = {
  protocol: 'anthropic.messages',
  isStreamed: ({ stream }) => stream === true,
  maximumTokens: ({ max_tokens: most }) => most,
  toOptions: toCallOptions,
  toReply: (result, { id, model }) => toMessage(result, { id: `msg_${id}`, model }),
  encoder: (_request, { id, model }) => createMessagesEncoder({ id: `msg_${id}`, model, requestId: id }),
  native: {
    protocol: 'anthropic',
    path: '/messages',
    body: nativeBody,
    outcomeOf: messageOutcome,
    isReply: (reply) => (reply as { type?: unknown } | null)?.type === 'message',
    relay: () => sniffedRelay(anthropicMessagesSniffer(), (failure) => typedEvent(toAnthropicError(failure))),
  },
};

/** Defaults have the names of OpenAI's API; those that are called the same here go along. */
const SHARED = ['temperature', 'top_p', 'top_k'];

function nativeBody(request: MessagesRequest, params: JsonObject, model: string): object {
  const defaults = Object.fromEntries(Object.entries(params).filter(([name]) => SHARED.includes(name)));
  return { ...defaults, ...request, model };
}
