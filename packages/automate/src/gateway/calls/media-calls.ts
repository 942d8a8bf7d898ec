import { buffer } from 'node:stream/consumers';
import { type CallFigures, figuresOf } from './call-figures.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { type PaintRequest, type Picture, paint } from './paint.ts';
import { type RecognizedPage, type RecognizeRequest, recognize } from './recognize.ts';
import { type SpeakRequest, speak } from './speak.ts';
import { type TranscribeRequest, type Transcript, transcribe } from './transcribe.ts';

/** A request of the house itself. */
type Own<Request> = Omit<Request, 'signal' | 'protocol' | 'native'> & { readonly signal?: AbortSignal | undefined };

/** Speech, transcription, pictures and what is written in them, for the rest of the product. All throw AppError as for clients. */
export interface MediaCalls {
  speak(
    caller: Caller,
    request: Own<SpeakRequest>,
  ): Promise<CallFigures & { readonly audio: Uint8Array; readonly mediaType: string }>;
  transcribe(caller: Caller, request: Own<TranscribeRequest>): Promise<CallFigures & Transcript>;
  paint(caller: Caller, request: Own<PaintRequest>): Promise<CallFigures & { readonly images: readonly Picture[] }>;
  recognize(caller: Caller, request: Own<RecognizeRequest>): Promise<CallFigures & RecognizedPage>;
}

const NEVER = new AbortController().signal;
const protocol = 'internal';

export function createMediaCalls(services: CallServices): MediaCalls {
  return {
    async speak(caller, { signal = NEVER, ...request }) {
      const { call, audio, mediaType } = await speak(services, caller, { ...request, signal, protocol });
      return { ...figuresOf(call), audio: audio instanceof Uint8Array ? audio : await buffer(audio), mediaType };
    },
    async transcribe(caller, { signal = NEVER, ...request }) {
      const { call, answer } = await transcribe(services, caller, { ...request, signal, protocol });
      return { ...figuresOf(call), ...(answer as Transcript) };
    },
    async paint(caller, { signal = NEVER, ...request }) {
      const { call, answer } = await paint(services, caller, { ...request, signal, protocol });
      return { ...figuresOf(call), images: answer as readonly Picture[] };
    },
    async recognize(caller, { signal = NEVER, ...request }) {
      const { call, page } = await recognize(services, caller, { ...request, signal, protocol });
      return { ...figuresOf(call), ...page };
    },
  };
}
