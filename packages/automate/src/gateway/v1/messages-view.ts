import type { z } from 'zod';
import { type Context, headerOf, type RawReply } from '../../api/index.ts';
import { anthropicMessages } from '../calls/anthropic-messages.ts';
import { callerOf } from '../calls/caller.ts';
import { chat } from '../calls/chat.ts';
import { MessagesRequest } from '../protocols/anthropic-messages/schemas.ts';
import { AnthropicView } from './anthropic-view.ts';
import { chatReply } from './chat-reply.ts';
import { v1Examples as examples } from './examples.ts';
import { BODY_LIMIT, RUN } from './openai-view.ts';

/** Messages, as Anthropic's clients ask for them. */
export class MessagesView extends AnthropicView {
  static {
    this.describe('post', {
      summary: 'Create a message',
      description:
        'As Anthropic documents it. `model` is an endpoint, an alias, or `provider/model`. With `stream` it comes in pieces.',
      scope: RUN,
      body: MessagesRequest,
      examples: examples.messages,
      produces: ['application/json', 'text/event-stream'],
      bodyLimit: BODY_LIMIT,
      idempotent: false,
    });
  }

  async post(ctx: Context<z.output<typeof MessagesRequest>>): Promise<RawReply> {
    const { body, request, services } = ctx;
    const asked = {
      caller: callerOf(ctx),
      model: body.model,
      request: body,
      bytes: request.rawBody?.length ?? 0,
      cacheControl: headerOf(request, 'cache-control'),
      signal: request.signal,
    };
    return chatReply(await chat(services.calls, anthropicMessages, asked));
  }
}
