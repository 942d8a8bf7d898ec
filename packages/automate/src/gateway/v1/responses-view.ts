import type { z } from 'zod';
import type { Context, RawReply } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import '../calls/responses.ts';
import { ResponsesRequest } from '../protocols/openai-responses/schemas.ts';
import { chatReply } from './chat-reply.ts';
import { v1Examples as examples } from './examples.ts';
import { BODY_LIMIT, OpenAIView, RUN } from './openai-view.ts';

/** Responses, as OpenAI's newer clients ask for them. */
export class ResponsesView extends OpenAIView {
  static {
    this.describe('post', {
      summary: 'Create a response',
      description:
        'As OpenAI documents it. It is kept, so that `previous_response_id` can go on from it, unless `store` is false.',
      scope: RUN,
      body: ResponsesRequest,
      examples: examples.responses,
      produces: ['application/json', 'text/event-stream'],
      bodyLimit: BODY_LIMIT,
      idempotent: false,
    });
  }

  async post(ctx: Context<z.output<typeof ResponsesRequest>>): Promise<RawReply> {
    const { body, request, services } = ctx;
    const asked = { bytes: request.rawBody?.length ?? 0, signal: request.signal };
    return chatReply(await services.modelResponses.create(callerOf(ctx), body, asked));
  }
}
