import type { TextFilter } from './text/text-filter.ts';

/** A part of a text that a guardrail of a host found. */
export interface OwnMatch {
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
  /** What it is, for findings; it must not hold the value. Default: the type of the guardrail. */
  readonly kind?: string;
  /** What stands for it where the guardrail masks. Default: `[REMOVED]`. */
  readonly replacement?: string;
}

export interface OwnFilterOptions {
  find(text: string): Iterable<OwnMatch> | Promise<Iterable<OwnMatch>>;
  /** Most characters of a match, and before and behind it, that it is told by; undefined: all of the text is. */
  readonly window: number | undefined;
  /** What stands for a match; undefined: it stays. */
  replace(match: OwnMatch): string | undefined;
}

/**
 * A filter by a function of a host. It looks at blocks that begin at the same places however the text was cut, so whatever the function does,
 * a stream becomes what the whole text would.
 */
export function createOwnFilter({ find, window, replace }: OwnFilterOptions): TextFilter {
  const block = window === undefined ? Number.POSITIVE_INFINITY : 2 * window;
  const around = window ?? 0;
  /** What was not given out yet, and as much before it as is looked at. */
  let held = '';
  let before = 0;
  /** Characters of the next block that a match before it has covered. */
  let covered = 0;

  async function take(length: number): Promise<string> {
    const end = Math.min(held.length, before + length + around + around);
    const matches = [...(await find(held.slice(0, end)))].filter(isSound).sort((one, other) => one.start - other.start);
    const until = before + length;
    let position = Math.min(before + covered, until);
    covered = Math.max(0, before + covered - until);
    let output = '';
    for (const match of matches) {
      if (match.start < position || match.start >= until || match.end > held.length) continue;
      const replacement = replace(match);
      if (replacement === undefined) continue;
      output += held.slice(position, match.start) + replacement;
      position = Math.min(match.end, until);
      covered = match.end - position;
    }
    output += held.slice(position, until);
    const kept = Math.max(0, until - around);
    held = held.slice(kept);
    before = until - kept;
    return output;
  }

  return {
    async push(piece) {
      held += piece;
      let output = '';
      while (held.length - before >= block + 2 * around) output += await take(block);
      return output;
    },
    async end() {
      let output = '';
      while (held.length > before) output += await take(Math.min(block, held.length - before));
      return output;
    },
  };
}

function isSound({ start, end }: OwnMatch): boolean {
  return Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end > start;
}
