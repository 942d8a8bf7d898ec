import { invalidInput } from '../../../../kernel/index.ts';
import { gatewayErrors } from '../../../errors.ts';
import type { RecognitionModel } from '../../provider-kind.ts';
import { createKeptThread } from '../threads/kept-thread.ts';
import { imageSize } from './image-size.ts';

type Page = Awaited<ReturnType<RecognitionModel['doRecognize']>>;

const MAXIMUM_BYTES = 20 * 1_048_576;
const isSource = import.meta.url.endsWith('.ts');

/** The one thread of this process that holds the model. */
export const recognitionThread = createKeptThread<Uint8Array, Page>({
  what: 'Tesseract',
  file: new URL(isSource ? './recognition-thread.ts' : './recognition-thread.js', import.meta.url),
  fault: (message) => gatewayErrors.provider_refused(`The picture cannot be read: ${message.replace(/^Error: /, '')}.`),
});

/** Reads pictures; boxes are left, top, right and bottom in pixels. */
export function createRecognition(maximumMegapixels: number): RecognitionModel {
  return {
    async doRecognize({ image, language = 'eng', abortSignal: signal }) {
      check(image, { language, maximumMegapixels });
      const { text, confidence, lines } = await recognitionThread.ask(image, { timeMs: 120_000, signal });
      return {
        text: text.trim(),
        confidence: confidence / 100,
        lines: lines.map((line) => ({ ...line, text: line.text.trim(), confidence: line.confidence / 100 })),
      };
    },
  };
}

function check(image: Uint8Array, { language, maximumMegapixels }: { language: string; maximumMegapixels: number }): void {
  if (!/^(eng?|en-\w+|english)$/i.test(language))
    throw wrong('/language', 'unknown_language', 'must be "eng" with this provider');
  if (image.length > MAXIMUM_BYTES) throw wrong('/image', 'too_large', `must have at most ${MAXIMUM_BYTES} bytes`);
  const size = imageSize(image);
  if (!size) throw wrong('/image', 'unknown_format', 'must be a PNG, JPEG, BMP or WebP');
  const pixels = size.width * size.height;
  if (pixels > maximumMegapixels * 1e6) {
    const found = `it has ${size.width} × ${size.height}`;
    throw wrong('/image', 'too_large', `must have at most ${maximumMegapixels} million pixels; ${found}`);
  }
}

function wrong(pointer: string, code: string, message: string) {
  return invalidInput([{ pointer, code, message }]);
}
