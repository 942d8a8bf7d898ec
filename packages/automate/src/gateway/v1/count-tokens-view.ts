import { z } from 'zod';
import type { Context } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import { countTokens } from '../calls/count-tokens.ts';
import { CountTokensRequest } from '../protocols/anthropic-messages/schemas.ts';
import { AnthropicView } from './anthropic-view.ts';
import { v1Examples as examples } from './examples.ts';
import { BODY_LIMIT, RUN } from './openai-view.ts';

const Counted = z.object({ input_tokens: z.int() }).meta({ id: 'AnthropicTokenCount' });

/** How many tokens a message would have. */
export class CountTokensView extends AnthropicView {
  static {
    this.describe('post', {
      summary: 'Count the tokens of a message',
      description:
        'Asked of the provider where it speaks this protocol; else estimated by the tokenizer of OpenAI, and nothing is paid.',
      scope: RUN,
      body: CountTokensRequest,
      examples: examples.countTokens,
      response: Counted,
      status: 200,
      bodyLimit: BODY_LIMIT,
      idempotent: false,
    });
  }

  async post(ctx: Context<z.output<typeof CountTokensRequest>>): Promise<z.input<typeof Counted>> {
    return { input_tokens: await countTokens(ctx.services.calls, callerOf(ctx), ctx.body, ctx.request.signal) };
  }
}
