import type { SpeechModelV4, SpeechModelV4CallOptions } from '@ai-sdk/provider';
import { invalidInput } from '../../../../kernel/index.ts';
import { audioFormats, isAudioFormat } from '../ffmpeg/formats.ts';
import { extractAudio } from '../ffmpeg/media.ts';
import { speak } from './flite-program.ts';
import { type Voice, voiceOf, voices } from './voices.ts';

const MAXIMUM_CHARACTERS = 10_000;

type Warnings = Awaited<ReturnType<SpeechModelV4['doGenerate']>>['warnings'];

/** Speaks as a WAV file, or in another format where there is ffmpeg. */
export function createFliteSpeech(modelId: string, usual: Voice): SpeechModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'flite',
    modelId,
    async doGenerate(options) {
      const { text, voice, format, speed } = read(options, usual);
      const signal = options.abortSignal;
      const spoken = await speak(text, { voice, speed, signal });
      const audio = format === 'wav' ? spoken : await extractAudio(spoken, { format, maximumSeconds: 1_800, signal });
      return {
        audio,
        warnings: warningsOf(options),
        usage: { characters: text.length },
        response: { timestamp: new Date(), modelId },
        providerMetadata: { flite: { voice, media_type: audioFormats[format].mediaType } },
      };
    },
  };
}

function read({ text, voice = '', outputFormat = 'wav', speed = 1 }: SpeechModelV4CallOptions, usual: Voice) {
  const chosen = voice === '' ? usual : voiceOf(voice);
  if (text.trim() === '') throw wrong('/input', 'required', 'must hold something to say');
  if (text.length > MAXIMUM_CHARACTERS) throw wrong('/input', 'too_long', `must have at most ${MAXIMUM_CHARACTERS} characters`);
  if (!chosen)
    throw wrong('/voice', 'unknown_voice', `must be one of ${voices.join(', ')}, or a voice of OpenAI such as "alloy"`);
  if (!isAudioFormat(outputFormat)) {
    throw wrong('/response_format', 'unknown_format', `must be one of ${Object.keys(audioFormats).join(', ')}`);
  }
  if (!(speed >= 0.25 && speed <= 4)) throw wrong('/speed', 'out_of_range', 'must be 0.25 to 4');
  // A byte of zero would end the text; other control characters are not spoken.
  return { text: text.replaceAll(/[\p{Cc}--[\n\t]]/gv, ' '), voice: chosen, format: outputFormat, speed };
}

function warningsOf({ instructions, language }: SpeechModelV4CallOptions): Warnings {
  const warnings: Warnings = [];
  if (instructions !== undefined) warnings.push({ type: 'unsupported', feature: 'instructions' });
  if (language !== undefined && !/^en\b/i.test(language)) {
    warnings.push({ type: 'unsupported', feature: 'language', details: 'flite speaks English.' });
  }
  return warnings;
}

function wrong(pointer: string, code: string, message: string) {
  return invalidInput([{ pointer, code, message }]);
}
