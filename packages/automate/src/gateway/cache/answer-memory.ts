import type { StoredAnswer } from './cached-answer.store.ts';

/** Answers that were given or read last, within a number of bytes. */
export interface AnswerMemory {
  get(key: string): StoredAnswer | undefined;
  set(answer: StoredAnswer): void;
}

/** Each weighs something beside its text. */
const OVERHEAD = 500;

export function createAnswerMemory({ mostBytes }: { readonly mostBytes: number }): AnswerMemory {
  const answers = new Map<string, StoredAnswer>();
  let bytes = 0;

  function forget(key: string): void {
    const known = answers.get(key);
    if (!known) return;
    answers.delete(key);
    bytes -= weightOf(known);
  }

  return {
    get(key) {
      const found = answers.get(key);
      if (!found) return undefined;
      forget(key);
      if (Date.parse(found.expires_at) <= Date.now()) return undefined;
      // Whatever was asked for last is forgotten last.
      answers.set(key, found);
      bytes += weightOf(found);
      return found;
    },
    set(answer) {
      forget(answer.key);
      if (weightOf(answer) > mostBytes) return;
      answers.set(answer.key, answer);
      bytes += weightOf(answer);
      for (const oldest of answers.keys()) {
        if (bytes <= mostBytes) return;
        forget(oldest);
      }
    },
  };
}

function weightOf({ body }: StoredAnswer): number {
  return OVERHEAD + body.length * 2;
}
