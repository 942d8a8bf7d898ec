import { isDigit } from '../text/characters.ts';
import { MAXIMUM_EMAIL } from './emails.ts';

/** Longest of what is written with spaces: a telephone number with three separators between two digits. */
const MAXIMUM_WITH_SPACES = 96;
/** Longest part of it, between spaces, that has no digit: a group of an IBAN, or separators. */
const MAXIMUM_WITHOUT_DIGIT = 4;

/**
 * From where the end of a text may be a part of something that goes on: its last word, and words before it that have digits, since numbers
 * are written with spaces.
 */
export function openEnd(text: string, from: number): number {
  const word = startOfWord(text, text.length, Math.max(from, text.length - MAXIMUM_EMAIL - 1));
  const earliest = Math.max(from, text.length - MAXIMUM_WITH_SPACES);
  let open = word;
  for (let end = endOfWord(text, word, earliest); end > earliest; ) {
    const start = startOfWord(text, end, earliest);
    if (hasDigit(text, start, end)) open = start;
    else if (end - start > MAXIMUM_WITHOUT_DIGIT) break;
    end = endOfWord(text, start, earliest);
  }
  return open;
}

function startOfWord(text: string, end: number, earliest: number): number {
  let start = end;
  while (start > earliest && !isSpace(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

function endOfWord(text: string, start: number, earliest: number): number {
  let end = start;
  while (end > earliest && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

function hasDigit(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (isDigit(text.charCodeAt(at))) return true;
  return false;
}

function isSpace(unit: number): boolean {
  return unit === 32 || unit === 10;
}
