import type { Readable } from 'node:stream';
import { failureOf } from '../protocols/failure.ts';
import type { TranscriptFormat } from '../protocols/openai-audio/schemas.ts';
import { durationUsage, toTranscriptEvents, toTranscription } from '../protocols/openai-audio/transcription.ts';
import { watchTranscript } from '../protocols/openai-audio/watch-transcript.ts';
import { toOpenaiError } from '../protocols/openai-chat/errors.ts';
import { notTranslatable } from '../protocols/refusals.ts';
import { fromMedia } from '../usage/from-media.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { waveSeconds } from './media-type.ts';
import { malformed, readBody } from './native-exchange.ts';
import { askMedia, type NativeMedia, readJson, relayBody, sendMedia } from './native-media.ts';
import { speaksOpenai } from './speaks-openai.ts';
import { type TranscribeRequest, type Transcript, transcribe } from './transcribe.ts';

export interface OpenaiTranscription extends TranscribeRequest {
  readonly format: TranscriptFormat;
  readonly isStreamed: boolean;
  /** The form as it came, for a model of this name. */
  form(model: string, defaults: Readonly<Record<string, unknown>>): FormData;
}

export interface TranscriptReply {
  readonly call: Call;
  readonly body: string | Buffer | Readable;
  readonly contentType: string;
}

const EVENTS = 'text/event-stream; charset=utf-8';
const JSON_FORMATS: readonly TranscriptFormat[] = ['json', 'verbose_json', 'diarized_json'];

/** What is said in a sound, in the words of OpenAI: of the provider where it speaks them, else ours. */
export async function openaiTranscribe(
  services: CallServices,
  caller: Caller,
  request: OpenaiTranscription,
): Promise<TranscriptReply> {
  const { format, isStreamed } = request;
  const { call, answer } = await transcribe(services, caller, request, (asked) => {
    const { target, patience } = asked;
    const lane = asked.isGuarded ? undefined : speaksOpenai(services, target, 'audio.stt');
    if (!lane) return format === 'diarized_json' ? refuse() : undefined;
    const body = request.form(target.model, asked.call.resolved.endpoint?.params ?? {});
    const media = { services, call: asked.call, lane, path: '/audio/transcriptions', body, patience };
    return isStreamed ? stream(media, request) : whole(media, request);
  });
  if ('native' in answer) return { call, ...answer.native };
  return { call, ...written(answer, format, isStreamed) };
}

type Written = Omit<TranscriptReply, 'call'>;

function written(transcript: Transcript, format: TranscriptFormat, isStreamed: boolean): Written {
  if (isStreamed)
    return { body: toTranscriptEvents(transcript.text, durationUsage(transcript.durationSeconds)), contentType: EVENTS };
  return format === 'diarized_json' ? refuse() : toTranscription(transcript, format);
}

function refuse(): never {
  throw notTranslatable('/response_format', 'tells speakers apart, which this model does not: ask for verbose_json');
}

async function whole(media: NativeMedia, { format, audio }: OpenaiTranscription): Promise<Written> {
  const { call } = media;
  const { bytes, mediaType } = await askMedia(media);
  const value = JSON_FORMATS.includes(format) ? readJson(bytes) : undefined;
  if (value) settle(call, value, audio);
  else {
    call.measured = { seconds: waveSeconds(audio), isUncounted: true };
    call.noteFirstByte();
    call.succeed({ text: bytes.toString('utf8') });
  }
  return { body: bytes, contentType: mediaType || 'application/json; charset=utf-8' };
}

async function stream(media: NativeMedia, { audio }: OpenaiTranscription): Promise<Written> {
  const { call, patience } = media;
  const { headers, body } = await sendMedia(media);
  if (!/^text\/event-stream\b/i.test(String(headers['content-type'] ?? ''))) {
    // Models that hear all before they write leave `stream` out of account.
    const value = readJson(await readBody(body, patience.progress));
    patience.stop();
    const text = settle(call, value, audio);
    return { body: toTranscriptEvents(text, value.usage as object | undefined), contentType: EVENTS };
  }
  const watcher = watchTranscript((usage) => {
    call.measured = { seconds: fromMedia(usage).seconds ?? waveSeconds(audio), isUncounted: true };
  });
  call.measured = { seconds: waveSeconds(audio), isUncounted: true };
  const fail = (error: unknown) => `\n\ndata: ${JSON.stringify({ type: 'error', ...toOpenaiError(failureOf(error)) })}\n\n`;
  return { body: await relayBody(media, body, { ...watcher, fail }), contentType: EVENTS };
}

/** @returns the text */
function settle(call: Call, value: Record<string, unknown>, audio: Uint8Array): string {
  const { text, usage, duration } = value;
  if (typeof text !== 'string') throw malformed('The answer has no `text`.');
  const counted = fromMedia(usage);
  const seconds = typeof duration === 'number' && duration > 0 ? duration : (counted.seconds ?? waveSeconds(audio));
  call.usage = counted.usage;
  call.measured = { seconds, isUncounted: true };
  call.noteFirstByte();
  call.succeed({ text });
  return text;
}
