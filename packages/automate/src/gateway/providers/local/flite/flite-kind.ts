import { z } from 'zod';
import { defineProviderKind } from '../../provider-kind.ts';
import { requireModel } from '../own-model.ts';
import { missingPrograms } from '../programs/missing.ts';
import { flite } from './flite-program.ts';
import { createFliteSpeech } from './flite-speech.ts';
import { voices } from './voices.ts';

const MODEL = 'flite';

/** Speech by a small program of this machine. */
export const fliteKind = defineProviderKind({
  kind: 'flite',
  title: 'flite',
  description: 'Speaks English texts with the program flite of this machine: quick, plain, and nothing leaves the house.',
  config: z.strictObject({
    voice: z.enum(voices).default('slt').describe('The voice where a call names none'),
  }),
  key: 'none',
  tasks: ['audio.tts'],
  priceBook: 'free',
  missing: () => missingPrograms([flite]),
  create: ({ config }) => ({
    speech(model) {
      requireModel(model, [MODEL]);
      return createFliteSpeech(model, config.voice);
    },
    listModels: async () => [{ id: MODEL, task: 'audio.tts' }],
  }),
});
