import { type Context, type RawReply, raw } from '../../api/index.ts';
import { invalidInput } from '../../kernel/index.ts';
import { callerOf } from '../calls/caller.ts';
import { openaiPaint } from '../calls/openai-images.ts';
import { ImageEditForm } from '../protocols/openai-images/schemas.ts';
import { callHeaders } from './call-headers.ts';
import { formFor, parseForm, readForm } from './form.ts';
import { asBytes } from './image-format.ts';
import { keepPictures } from './kept-pictures.ts';
import { BODY_LIMIT, OpenAIView, RUN } from './openai-view.ts';

/** Pictures that are changed, as OpenAI's clients ask for them. */
export class ImageEditsView extends OpenAIView {
  static {
    this.describe('post', {
      summary: 'Edit images',
      description:
        'A form as OpenAI documents it: `image` or `image[]` (PNG, JPEG, WebP), `prompt`, `model`, `mask`, `n`, `size`, `response_format`.',
      scope: RUN,
      consumes: ['multipart/form-data'],
      produces: 'application/json',
      bodyLimit: BODY_LIMIT,
      idempotent: false,
      problems: { 413: 'The form is too large.' },
    });
  }

  async post(ctx: Context): Promise<RawReply> {
    const form = readForm(ctx);
    const { model, prompt, n, size, response_format: format } = parseForm(ImageEditForm, form);
    const images = form.files.filter(({ field }) => /^image(\[\d*\])?$/.test(field)).map(({ bytes }) => bytes);
    const mask = form.files.find(({ field }) => field === 'mask')?.bytes;
    if (images.length === 0)
      throw invalidInput([{ pointer: '/image', code: 'required', message: 'must be one picture or more, as parts of the form' }]);
    const { call, reply } = await openaiPaint(ctx.services.calls, callerOf(ctx), {
      model,
      prompt,
      images,
      mask,
      n,
      size: size === 'auto' ? undefined : (size ?? undefined),
      path: '/images/edits',
      body(name, defaults) {
        const { response_format: wanted } = asBytes({ model: name, response_format: format }) as { response_format?: string };
        const sent = formFor(form, name, defaults);
        sent.delete('response_format');
        if (wanted !== undefined) sent.append('response_format', wanted);
        return sent;
      },
      signal: ctx.request.signal,
      protocol: 'openai.images',
    });
    const shown = format === 'url' ? await keepPictures(ctx, call, reply) : reply;
    return raw(JSON.stringify(shown), { contentType: 'application/json; charset=utf-8', headers: callHeaders(call, false) });
  }
}
