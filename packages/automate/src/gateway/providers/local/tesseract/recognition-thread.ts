import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createWorker, OEM } from 'tesseract.js';
import { answerQuestions } from '../threads/answer-questions.ts';

const data = createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json');
// Without `langPath` it would load the language from the network, and without `errorHandler` a bad picture would end the thread.
const worker = await createWorker('eng', OEM.LSTM_ONLY, {
  langPath: join(dirname(data), '4.0.0_best_int'),
  cacheMethod: 'none',
  gzip: true,
  errorHandler: () => undefined,
});

answerQuestions(async (image: Uint8Array) => {
  const { data: page } = await worker.recognize(Buffer.from(image), {}, { text: true, blocks: true });
  const lines = (page.blocks ?? []).flatMap(({ paragraphs }) => paragraphs.flatMap((paragraph) => paragraph.lines));
  return {
    text: page.text,
    confidence: page.confidence,
    lines: lines.map(({ text, confidence, bbox }) => ({ text, confidence, box: [bbox.x0, bbox.y0, bbox.x1, bbox.y1] as const })),
  };
});
