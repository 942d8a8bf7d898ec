import type { z } from 'zod';
import { type Context, type RawReply, raw } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import { openaiPaint } from '../calls/openai-images.ts';
import { ImagesRequest } from '../protocols/openai-images/schemas.ts';
import { callHeaders } from './call-headers.ts';
import { v1Examples as examples } from './examples.ts';
import { asBytes } from './image-format.ts';
import { keepPictures } from './kept-pictures.ts';
import { OpenAIView, RUN } from './openai-view.ts';

/** Pictures of a text, as OpenAI's clients ask for them. */
export class ImagesView extends OpenAIView {
  static {
    this.describe('post', {
      summary: 'Create images',
      description:
        'As OpenAI documents it, in base64; with `response_format` url they are kept as artifacts, and the reply has links that expire.',
      scope: RUN,
      body: ImagesRequest,
      examples: examples.images,
      produces: 'application/json',
      idempotent: false,
    });
  }

  async post(ctx: Context<z.output<typeof ImagesRequest>>): Promise<RawReply> {
    const { body, request, services } = ctx;
    const { call, reply } = await openaiPaint(services.calls, callerOf(ctx), {
      model: body.model,
      prompt: body.prompt,
      n: body.n ?? undefined,
      size: body.size === 'auto' ? undefined : (body.size ?? undefined),
      aspectRatio: body.aspect_ratio ?? undefined,
      seed: body.seed ?? undefined,
      path: '/images/generations',
      body: (model, defaults) => JSON.stringify(asBytes({ ...defaults, ...body, model })),
      signal: request.signal,
      protocol: 'openai.images',
    });
    const shown = body.response_format === 'url' ? await keepPictures(ctx, call, reply) : reply;
    return raw(JSON.stringify(shown), { contentType: 'application/json; charset=utf-8', headers: callHeaders(call, false) });
  }
}
