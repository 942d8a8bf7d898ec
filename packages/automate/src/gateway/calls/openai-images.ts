import { fromMedia } from '../usage/from-media.ts';
import { totalTokens, type Usage } from '../usage/usage.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { malformed } from './native-exchange.ts';
import { askMedia, readJson } from './native-media.ts';
import { type PaintRequest, paint } from './paint.ts';
import { speaksOpenai } from './speaks-openai.ts';

export interface OpenaiImages extends PaintRequest {
  readonly path: '/images/generations' | '/images/edits';
  /** The request as it came, for a model of this name. */
  body(model: string, defaults: Readonly<Record<string, unknown>>): string | FormData;
}

/** One picture, as its bytes in base64 or where the provider keeps it. */
export interface OpenaiImage extends Readonly<Record<string, unknown>> {
  readonly b64_json?: string;
  readonly url?: string;
}

export interface ImagesReply extends Readonly<Record<string, unknown>> {
  readonly data: readonly OpenaiImage[];
}

/** Pictures in the words of OpenAI: of the provider where it speaks them, else ours. */
export async function openaiPaint(
  services: CallServices,
  caller: Caller,
  request: OpenaiImages,
): Promise<{ readonly call: Call; readonly reply: ImagesReply }> {
  const { path } = request;
  const { call, answer } = await paint<ImagesReply>(services, caller, request, (asked, target, patience) => {
    const lane = speaksOpenai(services, target, asked.facts.task);
    if (!lane) return undefined;
    const body = request.body(target.model, asked.resolved.endpoint?.params ?? {});
    return askMedia({ services, call: asked, lane, path, body, patience }).then(({ bytes }) => settle(asked, readJson(bytes)));
  });
  if ('native' in answer) return { call, reply: answer.native };
  const data = answer.map(({ bytes }) => ({ b64_json: Buffer.from(bytes).toString('base64') }));
  const usage = totalTokens(call.usage) > 0 && { usage: toUsage(call.usage) };
  return { call, reply: { created: Math.floor(Date.now() / 1_000), data, ...usage } };
}

function settle(call: Call, reply: Record<string, unknown>): ImagesReply {
  const { data, usage } = reply;
  const isReply = Array.isArray(data) && data.length > 0 && data.every(isPicture);
  if (!isReply) throw malformed('The answer has no pictures.');
  call.usage = fromMedia(usage).usage;
  call.measured = { images: data.length };
  call.noteFirstByte();
  call.succeed({ images: data.length });
  return reply as unknown as ImagesReply;
}

function isPicture(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['b64_json', 'url'].some((key) => typeof (value as Record<string, unknown>)[key] === 'string');
}

function toUsage({ input, cacheRead, output }: Usage): object {
  const whole = input + cacheRead;
  return {
    input_tokens: whole,
    output_tokens: output,
    total_tokens: whole + output,
    input_tokens_details: { text_tokens: whole, image_tokens: 0, cached_tokens: cacheRead },
  };
}
