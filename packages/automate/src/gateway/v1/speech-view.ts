import type { z } from 'zod';
import { type Context, type RawReply, raw } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import { speak } from '../calls/speak.ts';
import { SpeechRequest } from '../protocols/openai-audio/schemas.ts';
import { toSpeechEvents } from '../protocols/openai-audio/speech-events.ts';
import { inputTokens, outputTokens } from '../usage/usage.ts';
import { callHeaders } from './call-headers.ts';
import { v1Examples as examples } from './examples.ts';
import { OpenAIView, RUN } from './openai-view.ts';

/** Texts as sound, as OpenAI's clients ask for them. */
export class SpeechView extends OpenAIView {
  static {
    this.describe('post', {
      summary: 'Create speech',
      description: 'As OpenAI documents it. The sound comes as it is made, where the provider makes it so.',
      scope: RUN,
      body: SpeechRequest,
      examples: examples.speech,
      produces: '*/*',
      idempotent: false,
    });
  }

  async post(ctx: Context<z.output<typeof SpeechRequest>>): Promise<RawReply> {
    const { body, request, services } = ctx;
    const { model, input, voice, instructions, response_format: format, speed, stream_format: framing } = body;
    const { call, audio, mediaType } = await speak(services.calls, callerOf(ctx), {
      model,
      text: input,
      voice: typeof voice === 'object' ? voice?.id : voice,
      format: format ?? undefined,
      usualFormat: 'mp3',
      speed: speed ?? undefined,
      instructions: instructions ?? undefined,
      signal: request.signal,
      protocol: 'openai.speech',
      native: body,
    });
    if (!(audio instanceof Uint8Array)) return raw(audio, { contentType: mediaType, headers: callHeaders(call, true) });
    const headers = callHeaders(call, false);
    if (framing !== 'sse') return raw(audio, { contentType: mediaType, headers });
    const usage = { input: inputTokens(call.usage), output: outputTokens(call.usage) };
    return raw(toSpeechEvents(audio, usage), { contentType: 'text/event-stream; charset=utf-8', headers });
  }
}
