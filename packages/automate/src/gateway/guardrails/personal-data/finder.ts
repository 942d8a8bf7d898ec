/** Something found in a folded text. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** Finds the next of a kind that begins at a place or later. What it says depends on the characters near by alone. */
export type Finder = (text: string, from: number) => Found | undefined;

/**
 * A finder by a pattern of bounded length.
 * @param pattern with the flags `gu`
 * @param endOf where what was matched ends, if it is one after all
 */
export function byPattern(pattern: RegExp, endOf: (text: string, found: Found) => number | undefined): Finder {
  return (text, from) => {
    pattern.lastIndex = from;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const start = match.index;
      const end = endOf(text, { start, end: start + match[0].length });
      if (end !== undefined) return { start, end };
      pattern.lastIndex = start + 1;
    }
    return undefined;
  };
}

/** What stands between the groups of a number, in a class of a pattern. */
export const SEPARATORS = ' .\\-/\\u2010-\\u2015';
