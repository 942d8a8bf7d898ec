import { type Context, headerOf, type RawReply } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import { chat } from '../calls/chat.ts';
import { openaiChat } from '../calls/openai-chat.ts';
import { ChatCompletionRequest } from '../protocols/openai-chat/schemas.ts';
import { chatReply } from './chat-reply.ts';
import { v1Examples as examples } from './examples.ts';
import { BODY_LIMIT, OpenAIView, RUN } from './openai-view.ts';

/** Chats, as OpenAI's clients ask for them. */
export class ChatCompletionsView extends OpenAIView {
  static {
    this.describe('post', {
      summary: 'Create a chat completion',
      description:
        'As OpenAI documents it. `model` is an endpoint, an alias, or `provider/model`. With `stream` the answer comes in pieces.',
      scope: RUN,
      body: ChatCompletionRequest,
      examples: examples.chat,
      produces: ['application/json', 'text/event-stream'],
      bodyLimit: BODY_LIMIT,
      idempotent: false,
    });
  }

  async post(ctx: Context<ChatCompletionRequest>): Promise<RawReply> {
    const { body, request, services } = ctx;
    const asked = {
      caller: callerOf(ctx),
      model: body.model,
      request: body,
      bytes: request.rawBody?.length ?? 0,
      cacheControl: headerOf(request, 'cache-control'),
      signal: request.signal,
    };
    return chatReply(await chat(services.calls, openaiChat, asked));
  }
}
