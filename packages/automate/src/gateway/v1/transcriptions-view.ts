import { Readable } from 'node:stream';
import { type Context, type RawReply, raw } from '../../api/index.ts';
import { invalidInput } from '../../kernel/index.ts';
import { callerOf } from '../calls/caller.ts';
import { mostBytes } from '../calls/media-type.ts';
import { openaiTranscribe } from '../calls/openai-transcription.ts';
import { TranscriptionForm } from '../protocols/openai-audio/schemas.ts';
import { callHeaders } from './call-headers.ts';
import { formFor, parseForm, readForm } from './form.ts';
import { OpenAIView, RUN } from './openai-view.ts';

/** What is said in sounds, as OpenAI's clients ask for it. */
export class TranscriptionsView extends OpenAIView {
  static {
    this.describe('post', {
      summary: 'Create a transcription',
      description:
        'A form as OpenAI documents it: `file` (wav, mp3, ogg, flac, webm, m4a, up to 25 MiB), `model`, `language`, `prompt`, `response_format` (json, text, verbose_json, srt, vtt), `timestamp_granularities[]`, `stream`.',
      scope: RUN,
      consumes: ['multipart/form-data'],
      produces: ['application/json', 'text/plain', 'text/vtt', 'text/event-stream'],
      bodyLimit: mostBytes.audio + 1_048_576,
      idempotent: false,
      problems: { 413: 'The form is too large.' },
    });
  }

  async post(ctx: Context): Promise<RawReply> {
    const form = readForm(ctx);
    const asked = parseForm(TranscriptionForm, form);
    const { model, language, prompt, temperature, response_format: format = 'json' } = asked;
    const [file, another] = form.files.filter(({ field }) => field === 'file');
    if (!file || another)
      throw invalidInput([{ pointer: '/file', code: 'required', message: 'must be one file of sound, as a part of the form' }]);
    const { call, body, contentType } = await openaiTranscribe(ctx.services.calls, callerOf(ctx), {
      model,
      audio: file.bytes,
      mediaType: file.mediaType,
      language,
      prompt,
      temperature,
      words: asked.timestamp_granularities?.includes('word'),
      format,
      isStreamed: asked.stream === 'true',
      form: (name, defaults) => formFor(form, name, defaults),
      signal: ctx.request.signal,
      protocol: 'openai.transcriptions',
    });
    return raw(body, { contentType, headers: callHeaders(call, body instanceof Readable) });
  }
}
