import type { TranscriptionModelV4 } from '@ai-sdk/provider';
import { extractAudio } from '../ffmpeg/media.ts';
import { bytesOf } from '../own-model.ts';
import { recognise } from './pocketsphinx-program.ts';
import { readLines } from './read-lines.ts';

const SAMPLE_RATE = 16_000;
const WAVE_HEADER_BYTES = 44;

/** Writes down the English that is spoken in a file of sound or video. */
export function createTranscription(modelId: string, maximumSeconds: number): TranscriptionModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'pocketsphinx',
    modelId,
    async doGenerate({ audio, timestampGranularities, abortSignal: signal }) {
      const wave = await extractAudio(bytesOf(audio), { format: 'wav', sampleRate: SAMPLE_RATE, maximumSeconds, signal });
      const seconds = Math.max(0, wave.length - WAVE_HEADER_BYTES) / (2 * SAMPLE_RATE);
      const { segments, words } = readLines(await recognise(wave, { seconds, signal }));
      return {
        text: segments.map(({ text }) => text).join(' '),
        segments,
        ...(timestampGranularities?.includes('word') ? { words } : {}),
        language: 'en',
        durationInSeconds: seconds,
        warnings: [],
        usage: { seconds },
        response: { timestamp: new Date(), modelId },
      };
    },
  };
}
