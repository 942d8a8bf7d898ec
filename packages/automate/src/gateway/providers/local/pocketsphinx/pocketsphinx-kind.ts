import { z } from 'zod';
import { defineProviderKind } from '../../provider-kind.ts';
import { requireModel } from '../own-model.ts';
import { missingRecognition } from './pocketsphinx-program.ts';
import { createTranscription } from './pocketsphinx-transcription.ts';

const MODEL = 'pocketsphinx-en-us';

/** Transcription by a program of this machine. */
export const pocketsphinxKind = defineProviderKind({
  kind: 'pocketsphinx',
  title: 'PocketSphinx',
  description: 'Writes down spoken English with programs of this machine; of plain speech about four words in five are right.',
  config: z.strictObject({
    maximum_seconds: z.int().min(1).max(3_600).default(600).describe('The longest sound that is taken, in seconds'),
  }),
  key: 'none',
  tasks: ['audio.stt', 'video.stt'],
  priceBook: 'free',
  missing: missingRecognition,
  create: ({ config }) => ({
    transcription(model) {
      requireModel(model, [MODEL]);
      return createTranscription(model, config.maximum_seconds);
    },
    listModels: async () => [
      { id: MODEL, task: 'audio.stt' },
      { id: MODEL, task: 'video.stt' },
    ],
  }),
});
