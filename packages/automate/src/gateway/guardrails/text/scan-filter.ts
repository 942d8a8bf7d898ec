import { CHARACTERS_BEFORE } from './characters.ts';
import { FoldedText } from './folded-text.ts';
import type { TextFilter } from './text-filter.ts';

/** A part of a folded text. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** What was found, in order and without overlaps, and up to where no more text can change that. */
export interface Scan {
  readonly matches: readonly Match[];
  readonly decided: number;
}

export interface Search {
  /** @param from matches begin here or later; what stands before is there to be looked at */
  readonly from: number;
  /** Whether the text ends where it ends. */
  readonly isEnd: boolean;
}

export interface ScanFilterOptions {
  readonly hasBreaks: boolean;
  scan(text: string, search: Search): Scan;
  /** What stands for a match; undefined: it stays. */
  replace(kind: string, value: string): string | undefined;
}

/** A filter that searches the folded text, and replaces in the one that was given. */
export function createScanFilter({ hasBreaks, scan, replace }: ScanFilterOptions): TextFilter {
  const folded = new FoldedText({ hasBreaks });
  let raw = '';
  /** Where `raw` begins, counted from the beginning of the text. */
  let rawStart = 0;
  let from = 0;

  function take(isEnd: boolean): string {
    const { matches, decided } = scan(folded.text, { from, isEnd });
    let output = '';
    let position = rawStart;
    for (const { start, end, kind } of matches) {
      // One character can be several in the folded text, of which a match before had the first.
      const first = Math.max(position, folded.startOf(start));
      const last = Math.max(first, folded.endOf(end - 1));
      const value = raw.slice(first - rawStart, last - rawStart);
      output += raw.slice(position - rawStart, first - rawStart) + (replace(kind, value) ?? value);
      position = last;
    }
    const until = isEnd ? rawStart + raw.length : Math.max(position, folded.startOf(decided));
    output += raw.slice(position - rawStart, until - rawStart);
    raw = raw.slice(until - rawStart);
    rawStart = until;
    const dropped = Math.max(0, decided - CHARACTERS_BEFORE);
    folded.drop(dropped);
    from = decided - dropped;
    return output;
  }

  return {
    push(piece) {
      raw += piece;
      folded.push(piece);
      return take(false);
    },
    end() {
      folded.end();
      return take(true);
    },
  };
}
