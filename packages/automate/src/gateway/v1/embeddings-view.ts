import { z } from 'zod';
import { type Context, headerOf } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import { embed } from '../calls/embed.ts';
import { toEmbeddings } from '../protocols/openai-embeddings/response.ts';
import { EmbeddingsRequest } from '../protocols/openai-embeddings/schemas.ts';
import { notTranslatable } from '../protocols/refusals.ts';
import { cacheHeaders } from './chat-reply.ts';
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

  async post(ctx: Context<z.output<typeof EmbeddingsRequest>>): Promise<z.input<typeof Embeddings>> {
    const { model, dimensions, encoding_format: format } = ctx.body;
    const asked = { model, texts: textsOf(ctx.body.input), dimensions: dimensions ?? undefined };
    const { call, embeddings, usage, cache } = await embed(ctx.services.calls, callerOf(ctx), {
      ...asked,
      cacheControl: headerOf(ctx.request, 'cache-control'),
      signal: ctx.request.signal,
      protocol: 'openai.embeddings',
    });
    ctx.reply.header('x-automate-call', call.id);
    for (const [name, value] of Object.entries(cacheHeaders(cache))) ctx.reply.header(name, value);
    return toEmbeddings(embeddings, { model, format: format ?? 'float', usage });
  }
}

function textsOf(input: z.output<typeof EmbeddingsRequest>['input']): string[] {
  const texts = typeof input === 'string' ? [input] : input;
  return texts.map((text) => {
    if (typeof text === 'string') return text;
    throw notTranslatable('/input', 'must be texts: tokens are of one model, and another may answer');
  });
}
