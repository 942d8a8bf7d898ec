import { z } from 'zod';
import type { Context } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import { embed } from '../calls/embed.ts';
import { toOpenaiEmbeddings } from '../protocols/openai-embeddings/embeddings.ts';
import { EmbeddingsRequest, textsOf } from '../protocols/openai-embeddings/schemas.ts';
import { v1Examples as examples } from './examples.ts';
import { BODY_LIMIT, OpenAIView, RUN } from './openai-view.ts';

const Embeddings = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({ object: z.literal('embedding'), index: z.int(), embedding: z.union([z.array(z.number()), z.string()]) }),
    ),
    model: z.string(),
    usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
  })
  .meta({ id: 'OpenAIEmbeddings' });

/** Texts as vectors, as OpenAI's clients ask for them. */
export class EmbeddingsView extends OpenAIView {
  static {
    this.describe('post', {
      summary: 'Create embeddings',
      description: 'As OpenAI documents it, as numbers or, with `encoding_format` base64, as bytes.',
      scope: RUN,
      body: EmbeddingsRequest,
      examples: examples.embeddings,
      response: Embeddings,
      bodyLimit: BODY_LIMIT,
      idempotent: false,
    });
  }

  async post(ctx: Context<EmbeddingsRequest>): Promise<z.input<typeof Embeddings>> {
    const { body, services, request } = ctx;
    const asked = {
      model: body.model,
      texts: textsOf(body),
      dimensions: body.dimensions ?? undefined,
      signal: request.signal,
      protocol: 'openai.embeddings',
    };
    const { call, embeddings, usage } = await embed(services.calls, callerOf(ctx), asked);
    ctx.reply.header('x-automate-call', call.id);
    return toOpenaiEmbeddings({ embeddings, model: body.model, usage, isBase64: body.encoding_format === 'base64' });
  }
}
