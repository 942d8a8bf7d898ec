import type { ImageModelV4, ImageModelV4CallOptions, ImageModelV4File } from '@ai-sdk/provider';
import { invalidInput } from '../../kernel/index.ts';
import { fromMedia } from '../usage/from-media.ts';
import { addUsage, noUsage } from '../usage/usage.ts';
import { openTaskCall, requireModelFor } from './able-kinds.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { guardTexts } from './guarded-texts.ts';
import { pictureType, requirePicture } from './media-type.ts';
import { malformed } from './native-exchange.ts';
import { roughTokens } from './open-call.ts';
import type { Patience } from './patience.ts';
import { type ReadyTarget, tryTargets } from './try-targets.ts';

export interface PaintRequest {
  readonly model: string;
  readonly prompt: string;
  /** To be changed: it is image.img2img then. */
  readonly images?: readonly Uint8Array[] | undefined;
  /** Where it is transparent the picture is changed. */
  readonly mask?: Uint8Array | undefined;
  readonly n?: number | undefined;
  /** @example '1024x1024' */
  readonly size?: string | undefined;
  /** @example '16:9' */
  readonly aspectRatio?: string | undefined;
  readonly seed?: number | undefined;
  readonly signal: AbortSignal;
  readonly protocol: string;
}

export interface Picture {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** A target that answers in words of its own: what comes of it, or undefined for one that does not. */
export type NativePaint<T> = (call: Call, target: ReadyTarget, patience: Patience) => Promise<T> | undefined;

export const MOST_PICTURES = 10;
const MOST_PROMPT = 32_000;
/** Of one picture, as the large ones cost. */
const PICTURE_TOKENS = 4_160;

/** Pictures of a text, or of pictures and a text, by whichever target answers. @throws AppError as all calls */
export async function paint<T = never>(
  services: CallServices,
  caller: Caller,
  request: PaintRequest,
  native?: NativePaint<T>,
): Promise<{ readonly call: Call; readonly answer: readonly Picture[] | { readonly native: T } }> {
  const { model, prompt, signal, protocol } = request;
  const files = filesOf(request);
  const n = request.n ?? 1;
  check(request, n);
  const task = files.files ? 'image.img2img' : 'image.text2img';
  const asked = { prompt, n, size: request.size, aspect_ratio: request.aspectRatio, images: request.images?.length };
  const facts = { caller, task, model, protocol, isStreamed: false, request: asked } as const;
  const measured = { images: n };
  const inputTokens = roughTokens(prompt.length) + (request.images?.length ?? 0) * 1_000;
  const call = await openTaskCall(services, facts, { inputTokens, outputTokens: n * PICTURE_TOKENS, measured });
  try {
    const { texts, run } = await guardTexts(services, call, [prompt], signal);
    return await tryTargets(services, call, signal, async (target, patience) => {
      const own = run ? undefined : native?.(call, target, patience);
      if (own) return { call, answer: { native: await own } };
      const image = await requireModelFor(services, target, task, target.client.image?.(target.model));
      const { size, aspectRatio, seed } = request;
      const options = {
        prompt: texts[0],
        size: (size ?? sizeOf(call)) as ImageModelV4CallOptions['size'],
        aspectRatio: aspectRatio as ImageModelV4CallOptions['aspectRatio'],
        seed,
        ...files,
        providerOptions: {},
        abortSignal: patience.signal,
      };
      const answer = await paintAll(call, image, { ...options, n }, patience);
      call.measured = { images: answer.length };
      call.noteFirstByte();
      call.succeed({ images: answer.map(({ bytes, mediaType }) => ({ bytes: bytes.length, media_type: mediaType })) });
      return { call, answer };
    });
  } catch (error) {
    call.fail(error);
    throw error;
  }
}

/** All pictures, in calls of as many as the model likes to make. */
async function paintAll(
  call: Call,
  image: ImageModelV4,
  options: ImageModelV4CallOptions,
  patience: Patience,
): Promise<Picture[]> {
  const { maxImagesPerCall: limit } = image;
  const most = Math.max(1, (typeof limit === 'function' ? await limit({ modelId: image.modelId }) : limit) ?? 1);
  const pictures: Picture[] = [];
  let usage = noUsage;
  while (pictures.length < options.n) {
    const result = await image.doGenerate({ ...options, n: Math.min(most, options.n - pictures.length) });
    patience.progress();
    usage = addUsage(usage, fromMedia(result.usage).usage);
    if (result.images.length === 0) throw malformed('It has answered with no picture.');
    for (const each of result.images) {
      const bytes = typeof each === 'string' ? Buffer.from(each, 'base64') : each;
      const mediaType = pictureType(bytes);
      if (mediaType === undefined) throw malformed('What it has answered with is no picture.');
      pictures.push({ bytes, mediaType });
    }
  }
  patience.stop();
  call.usage = usage;
  return pictures.slice(0, options.n);
}

function filesOf({ images = [], mask }: PaintRequest): Pick<ImageModelV4CallOptions, 'files' | 'mask'> {
  const fileOf = (data: Uint8Array, pointer: string): ImageModelV4File => ({
    type: 'file',
    mediaType: requirePicture(data, pointer),
    data,
  });
  if (images.length === 0 && mask)
    throw invalidInput([{ pointer: '/mask', code: 'not_used', message: 'needs an image to be changed' }]);
  return {
    files:
      images.length === 0
        ? undefined
        : images.map((data, index) => fileOf(data, images.length > 1 ? `/image/${index}` : '/image')),
    mask: mask && fileOf(mask, '/mask'),
  };
}

function check({ prompt, size, aspectRatio, images = [] }: PaintRequest, n: number): void {
  const wrong = (pointer: string, message: string) => invalidInput([{ pointer, code: 'invalid_value', message }]);
  if (prompt.trim() === '') throw wrong('/prompt', 'must say what is to be seen');
  if (prompt.length > MOST_PROMPT) throw wrong('/prompt', `must have at most ${MOST_PROMPT} characters`);
  if (!(Number.isInteger(n) && n >= 1 && n <= MOST_PICTURES)) throw wrong('/n', `must be 1 to ${MOST_PICTURES}`);
  if (images.length > MAXIMUM_GIVEN) throw wrong('/image', `must be at most ${MAXIMUM_GIVEN} pictures`);
  if (size !== undefined && !/^[1-9]\d{1,4}x[1-9]\d{1,4}$/.test(size)) throw wrong('/size', 'must be pixels, as "1024x1024"');
  if (aspectRatio !== undefined && !/^[1-9]\d{0,3}:[1-9]\d{0,3}$/.test(aspectRatio))
    throw wrong('/aspect_ratio', 'must be a ratio, as "16:9"');
}

const MAXIMUM_GIVEN = 16;

function sizeOf(call: Call): string | undefined {
  const size = call.resolved.endpoint?.params.size;
  return typeof size === 'string' ? size : undefined;
}
