import type { Readable } from 'node:stream';
import { invalidInput } from '../../kernel/index.ts';
import { defined } from '../protocols/defined.ts';
import { fromMedia } from '../usage/from-media.ts';
import { openTaskCall, requireModelFor } from './able-kinds.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { guardTexts } from './guarded-texts.ts';
import { soundType } from './media-type.ts';
import { malformed } from './native-exchange.ts';
import { relayMedia } from './native-media.ts';
import { roughTokens } from './open-call.ts';
import { speaksOpenai } from './speaks-openai.ts';
import { tryTargets } from './try-targets.ts';

export interface SpeakRequest {
  readonly model: string;
  readonly text: string;
  readonly voice?: string | undefined;
  /** @example 'mp3' */
  readonly format?: string | undefined;
  /** Where neither the request nor the endpoint names one. */
  readonly usualFormat?: string | undefined;
  /** 1 is normal. */
  readonly speed?: number | undefined;
  readonly instructions?: string | undefined;
  /** @example 'en' */
  readonly language?: string | undefined;
  readonly signal: AbortSignal;
  readonly protocol: string;
  /** The request in OpenAI's words, for who speaks them; its answer is then a stream. */
  readonly native?: Readonly<Record<string, unknown>> | undefined;
}

export interface Spoken<Body = Uint8Array | Readable> {
  readonly call: Call;
  readonly audio: Body;
  readonly mediaType: string;
}

/** Characters. */
export const MOST_CHARACTERS = 40_000;

/** A text as sound, by whichever target answers. A text without `native` is answered whole. @throws AppError as all calls */
export async function speak(services: CallServices, caller: Caller, request: SpeakRequest): Promise<Spoken> {
  const { model, text, signal, protocol, native } = request;
  if (text.trim() === '') throw invalidInput([{ pointer: '/input', code: 'required', message: 'must hold something to say' }]);
  if (text.length > MOST_CHARACTERS)
    throw invalidInput([{ pointer: '/input', code: 'too_big', message: `must have at most ${MOST_CHARACTERS} characters` }]);
  const asked = { input: text, voice: request.voice, response_format: request.format, speed: request.speed };
  const facts = { caller, task: 'audio.tts' as const, model, protocol, isStreamed: false, request: asked };
  const tokens = roughTokens(text.length);
  const measured = { isUncounted: true };
  const call = await openTaskCall(services, facts, { inputTokens: tokens, outputTokens: tokens * TOKENS_SPOKEN, measured });
  try {
    const params = call.resolved.endpoint?.params ?? {};
    const format = request.format ?? textOf(params.response_format) ?? request.usualFormat;
    const { texts, run } = await guardTexts(services, call, [text], signal);
    const [said = ''] = texts;
    return await tryTargets<Spoken>(services, call, signal, async (target, patience) => {
      const lane = native && !run ? speaksOpenai(services, target, 'audio.tts') : undefined;
      if (lane) {
        const body = JSON.stringify({ ...params, ...native, model: target.model });
        call.measured = measured;
        const { body: audio, mediaType } = await relayMedia({ services, call, lane, path: '/audio/speech', body, patience });
        return { call, audio, mediaType };
      }
      const speech = await requireModelFor(services, target, 'audio.tts', target.client.speech?.(target.model));
      const result = await speech.doGenerate({
        text: said,
        abortSignal: patience.signal,
        ...defined({
          voice: request.voice ?? textOf(params.voice),
          outputFormat: format,
          speed: request.speed ?? numberOf(params.speed),
          instructions: request.instructions ?? textOf(params.instructions),
          language: request.language ?? textOf(params.language),
        }),
      });
      patience.stop();
      const audio = typeof result.audio === 'string' ? Buffer.from(result.audio, 'base64') : result.audio;
      if (audio.length === 0) throw malformed('It has answered with no sound.');
      const { usage, seconds } = fromMedia(result.usage);
      call.usage = usage;
      call.measured = { seconds, isUncounted: true };
      call.noteFirstByte();
      const mediaType = soundType(audio) ?? TYPES[format ?? ''] ?? 'application/octet-stream';
      call.succeed({ bytes: audio.length, media_type: mediaType });
      return { call, audio, mediaType };
    });
  } catch (error) {
    call.fail(error);
    throw error;
  }
}

/** About how many tokens of sound one of text becomes. */
const TOKENS_SPOKEN = 6;

/** Of formats that their first bytes do not show. */
const TYPES: Readonly<Record<string, string>> = { pcm: 'audio/pcm', mp3: 'audio/mpeg', aac: 'audio/aac' };

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined);
