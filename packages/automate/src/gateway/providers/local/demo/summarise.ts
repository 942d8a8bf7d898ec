import { wordsOf } from './words.ts';

const MAXIMUM_CHARACTERS = 100_000;

/** The sentences of a text with its most frequent words, in their order; the first one counts a little more. */
export function summarise(text: string, most = 3): string {
  const sentences = (text.slice(0, MAXIMUM_CHARACTERS).match(/[^.!?\n]+[.!?]*/g) ?? [])
    .map((each) => each.trim())
    .filter(Boolean);
  const counts = new Map<string, number>();
  for (const word of wordsOf(text.slice(0, MAXIMUM_CHARACTERS))) counts.set(word, (counts.get(word) ?? 0) + 1);
  const scored = sentences.map((sentence, index) => {
    const words = wordsOf(sentence);
    const sum = words.reduce((total, word) => total + (counts.get(word) ?? 0), 0);
    return { sentence, index, score: (words.length === 0 ? 0 : sum / Math.sqrt(words.length)) * (index === 0 ? 1.2 : 1) };
  });
  const best = scored.toSorted((one, other) => other.score - one.score || one.index - other.index).slice(0, most);
  return best
    .toSorted((one, other) => one.index - other.index)
    .map(({ sentence }) => sentence)
    .join(' ');
}
