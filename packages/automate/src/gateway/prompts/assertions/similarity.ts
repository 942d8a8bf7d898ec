import { z } from 'zod';
import { declare } from './assertion-type.ts';

/** Characters of either text that are compared. */
const COMPARED = 8_000;

/** Whether the answer means about the same as a text. */
export const similarity = declare({
  type: 'similarity',
  description: 'The answer means about the same as a text, by the cosine of their embeddings',
  config: z.strictObject({
    value: z.string().min(1).max(COMPARED).describe('The text'),
    model: z.string().min(1).max(300).describe('What embeds: an endpoint, an alias or `provider/model`'),
    threshold: z.number().min(0).max(1).default(0.8).describe('The least that passes'),
  }),
  async evaluate({ value, model, threshold }, { output }, { embed }) {
    const text = output.slice(0, COMPARED).toWellFormed().trim();
    if (text === '') return { passed: false, score: 0, reason: 'is empty' };
    const { embeddings } = await embed({ model, texts: [value, text] });
    const score = cosine(embeddings[0] ?? [], embeddings[1] ?? []);
    return { passed: score >= threshold, score, reason: `is ${score.toFixed(3)} alike, of ${threshold}` };
  },
});

/** From 0 to 1; what points the other way is 0. */
function cosine(one: readonly number[], other: readonly number[]): number {
  if (one.length === 0 || one.length !== other.length) throw new Error(`embeddings of ${one.length} and ${other.length} numbers`);
  let [dot, left, right] = [0, 0, 0];
  for (const [index, value] of one.entries()) {
    const against = other[index] as number;
    dot += value * against;
    left += value * value;
    right += against * against;
  }
  const length = Math.sqrt(left * right);
  return length === 0 ? 0 : Math.min(1, Math.max(0, dot / length));
}
