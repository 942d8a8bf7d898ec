import { z } from 'zod';
import type { Json } from '../../../kernel/index.ts';
import type { CallFigures } from '../../calls/call-figures.ts';
import type { Picture } from '../../calls/paint.ts';
import { Media, mediaShape, ONE_OF_BOTH, oneOfBoth, readMedia } from '../media-input.ts';
import { defineTask, type TaskContext, type TaskOutcome } from '../task-type.ts';

const Prompt = z.string().min(1).max(32_000);
const params = z.strictObject({
  n: z.int().min(1).max(10).optional().describe('How many pictures'),
  size: z
    .string()
    .regex(/^\d{2,5}x\d{2,5}$/)
    .optional()
    .describe('@example 1024x1024'),
  seed: z.int().min(0).optional(),
});

/** A picture of what a text says. */
export const paintTask = defineTask({
  task: 'image.text2img',
  summary: 'Makes pictures of a text',
  input: z.strictObject({ prompt: Prompt }),
  params,
  async run(context, asked) {
    const { services, caller, endpoint, signal } = context;
    const request = { model: endpoint.slug, prompt: asked.input.prompt, ...asked.params, signal };
    return kept(context, await services.modelCalls.paint(caller, request));
  },
});

/** A picture, changed. */
export const repaintTask = defineTask({
  task: 'image.img2img',
  summary: 'Changes a picture as a text says',
  input: z
    .strictObject({
      ...mediaShape,
      prompt: Prompt,
      mask: Media.optional().describe('Where it is transparent the picture is changed'),
    })
    .refine(oneOfBoth, ONE_OF_BOTH),
  params,
  async run(context, { input: { prompt, mask, ...picture }, params: asked }) {
    const { services, caller, endpoint, signal } = context;
    const { bytes } = await readMedia(context, picture, '/input');
    const hole = mask && (await readMedia(context, mask, '/input/mask')).bytes;
    const request = { model: endpoint.slug, prompt, images: [bytes], ...(hole && { mask: hole }), ...asked, signal };
    return kept(context, await services.modelCalls.paint(caller, request));
  },
});

/** What is written in a picture. */
export const recognizeTask = defineTask({
  task: 'image.ocr',
  summary: 'Reads the text of a picture',
  input: z.strictObject(mediaShape).refine(oneOfBoth, ONE_OF_BOTH),
  params: z.strictObject({ language: z.string().min(2).max(20).optional().describe('@example eng') }),
  async run(context, { input, params: { language } }) {
    const { services, caller, endpoint, signal } = context;
    const { bytes } = await readMedia(context, input, '/input');
    const { text, confidence, lines, usage, costNanos, callId } = await services.modelCalls.recognize(caller, {
      model: endpoint.slug,
      image: bytes,
      language,
      signal,
    });
    return { outputs: { text, confidence, lines: lines as unknown as Json }, usage, costNanos, callIds: [callId] };
  },
});

async function kept(
  context: TaskContext,
  { images, usage, costNanos, callId }: CallFigures & { readonly images: readonly Picture[] },
): Promise<TaskOutcome> {
  const ids: string[] = [];
  for (const [index, { bytes, mediaType }] of images.entries()) {
    const name = `image-${index + 1}.${mediaType.split('/')[1] ?? 'png'}`;
    ids.push((await context.keep({ name, contentType: mediaType, source: bytes, callId })).id);
  }
  return { outputs: { images: ids.map((id) => ({ artifact_id: id })) }, usage, costNanos, callIds: [callId] };
}
