import type { JSONObject } from '@ai-sdk/provider';
import { defined } from '../protocols/defined.ts';
import { fromMedia } from '../usage/from-media.ts';
import { openTaskCall, requireModelFor } from './able-kinds.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { guardTexts } from './guarded-texts.ts';
import { requireSound, waveSeconds } from './media-type.ts';
import type { Patience } from './patience.ts';
import { type ReadyTarget, tryTargets } from './try-targets.ts';

export interface TranscribeRequest {
  readonly model: string;
  readonly audio: Uint8Array;
  /** As it was declared; the first bytes say more. */
  readonly mediaType: string;
  /** @example 'en' */
  readonly language?: string | undefined;
  /** What may be said in it. */
  readonly prompt?: string | undefined;
  readonly temperature?: number | undefined;
  /** Whether the time of each word is wanted too. */
  readonly words?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly protocol: string;
}

/** A piece of speech, with its place in the sound in seconds. */
export interface SpokenPiece {
  readonly text: string;
  readonly startSecond: number;
  readonly endSecond: number;
}

export interface Transcript {
  readonly text: string;
  readonly segments: readonly SpokenPiece[];
  readonly words?: readonly SpokenPiece[] | undefined;
  readonly language?: string | undefined;
  readonly durationSeconds?: number | undefined;
}

/**
 * A target that answers in words of its own: what comes of it, or undefined for one that does not.
 * @param isGuarded whether guardrails have to see what it says
 */
export type NativeTranscribe<T> = (asked: {
  readonly call: Call;
  readonly target: ReadyTarget;
  readonly patience: Patience;
  readonly isGuarded: boolean;
}) => Promise<T> | undefined;

/** What is said in a sound, by whichever target answers. @throws AppError as all calls, `invalid_input` for what is no sound */
export async function transcribe<T = never>(
  services: CallServices,
  caller: Caller,
  request: TranscribeRequest,
  native?: NativeTranscribe<T>,
): Promise<{ readonly call: Call; readonly answer: Transcript | { readonly native: T } }> {
  const { model, audio, signal, protocol } = request;
  const sniffed = requireSound(audio, '/file');
  const mediaType = /^(?:audio|video)\//.test(request.mediaType) && sniffed === 'audio/mp4' ? request.mediaType : sniffed;
  const asked = { bytes: audio.length, media_type: mediaType, language: request.language, prompt: request.prompt };
  const facts = { caller, task: 'audio.stt' as const, model, protocol, isStreamed: false, request: asked };
  const seconds = waveSeconds(audio) ?? audio.length / USUAL_BYTES;
  const estimate = { inputTokens: Math.ceil(seconds * 10), outputTokens: Math.ceil(seconds * 4), measured: { seconds } };
  const call = await openTaskCall(services, facts, estimate);
  try {
    const given = request.prompt === undefined ? [] : [request.prompt];
    const { texts, run } = await guardTexts(services, call, given, signal);
    return await tryTargets(services, call, signal, async (target, patience) => {
      const own = native?.({ call, target, patience, isGuarded: run !== undefined });
      if (own) return { call, answer: { native: await own } };
      const chosen = target.client.transcription?.(target.model);
      const transcription = await requireModelFor(services, target, 'audio.stt', chosen);
      const sdk = optionsOf(request, call, texts[0]);
      const result = await transcription.doGenerate({
        audio,
        mediaType,
        abortSignal: patience.signal,
        ...(request.words && { timestampGranularities: ['word', 'segment'] }),
        ...(Object.keys(sdk).length > 0 && { providerOptions: { openai: sdk, azure: sdk, mistral: sdk } }),
      });
      patience.stop();
      const counted = fromMedia(result.usage);
      const durationSeconds = result.durationInSeconds ?? counted.seconds ?? waveSeconds(audio);
      call.usage = counted.usage;
      call.measured = { seconds: durationSeconds, isUncounted: true };
      call.noteFirstByte();
      const [text = ''] = run ? await run.outputTexts([result.text]) : [result.text];
      // What a guardrail has changed in the whole may stand in the pieces, cut in two.
      const isChanged = text !== result.text;
      const { words } = result as { words?: readonly SpokenPiece[] };
      const answer: Transcript = {
        text,
        segments: isChanged ? [] : result.segments,
        ...(words && !isChanged && { words }),
        language: result.language ?? request.language,
        durationSeconds,
      };
      call.succeed({ text });
      return { call, answer };
    });
  } catch (error) {
    call.fail(error);
    throw error;
  }
}

/** Of a second of speech, compressed. */
const USUAL_BYTES = 8_000;

function optionsOf({ language, temperature }: TranscribeRequest, call: Call, prompt: string | undefined): JSONObject {
  const params = call.resolved.endpoint?.params ?? {};
  return defined({
    language: language ?? (typeof params.language === 'string' ? params.language : undefined),
    prompt: prompt ?? (typeof params.prompt === 'string' ? params.prompt : undefined),
    temperature: temperature ?? (typeof params.temperature === 'number' ? params.temperature : undefined),
  });
}
