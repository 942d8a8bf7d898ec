import { z } from 'zod';
import { defineProviderKind } from '../../provider-kind.ts';
import { requireModel } from '../own-model.ts';
import { missingPackages } from '../programs/missing.ts';
import { createRecognition, recognitionThread } from './tesseract-recognition.ts';

const MODEL = 'tesseract-eng';

/** Reads pictures by Tesseract in WebAssembly. */
export const tesseractKind = defineProviderKind({
  kind: 'tesseract',
  title: 'Tesseract',
  description: 'Reads the English text of pictures (PNG, JPEG, BMP, WebP) on this machine; nothing leaves the house.',
  config: z.strictObject({
    maximum_megapixels: z
      .number()
      .min(0.1)
      .max(50)
      .default(20)
      .describe('The largest picture that is read, in millions of pixels'),
  }),
  key: 'none',
  tasks: ['image.ocr'],
  priceBook: 'free',
  missing: async () => missingPackages(['tesseract.js', '@tesseract.js-data/eng']),
  create: ({ config }) => ({
    recognition(model) {
      requireModel(model, [MODEL]);
      return createRecognition(config.maximum_megapixels);
    },
    listModels: async () => [{ id: MODEL, task: 'image.ocr' }],
    close: recognitionThread.hold(),
  }),
});
