import { CHARACTERS_BEFORE, endOfWord, isWordStart } from '../text/characters.ts';

/** Something found in a folded text. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** Finds the next of a kind that begins at a place or later. What it says depends on the characters near by alone. */
export type Finder = (text: string, from: number) => Found | undefined;

/**
 * A finder by a pattern of bounded length, for what begins where a word can.
 * @param given a pattern with the flags `gu`
 * @param endOf where what was matched ends, if it is one after all
 */
export function byPattern(given: RegExp, endOf: (text: string, found: Found) => number | undefined): Finder {
  // Within a long row of digits nothing begins, and an escape that ends in digits has four.
  const pattern = new RegExp(`(?<!\\d{5})(?:${given.source})`, given.flags);
  return (text, from) => {
    pattern.lastIndex = from;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const start = match.index;
      const isStart = isWordStart(text, start);
      const end = isStart ? endOf(text, { start, end: start + match[0].length }) : undefined;
      if (end !== undefined) return { start, end };
      // A long word is not looked at from each of its characters.
      pattern.lastIndex = isStart ? start + 1 : nextWordStart(text, start + 1);
    }
    return undefined;
  };
}

function nextWordStart(text: string, from: number): number {
  // Behind that there is no escape any more.
  for (let at = from; at < from + CHARACTERS_BEFORE; at += 1) if (isWordStart(text, at)) return at;
  return endOfWord(text, from + CHARACTERS_BEFORE);
}

/** What stands between the groups of a number, in a class of a pattern. */
export const SEPARATORS = ' .\\-/\\u2010-\\u2015';
