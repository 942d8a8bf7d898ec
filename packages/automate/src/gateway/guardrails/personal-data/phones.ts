import { isWordEnd } from '../text/characters.ts';
import { byPattern, type Finder, type Found, SEPARATORS } from './finder.ts';

/** A number goes as far as it can and still ends at the end of a word. */
const END = '(?![\\p{L}\\p{M}\\p{N}_])';
const NEXT_DIGIT = `[${SEPARATORS}()]{0,3}\\d`;

/** With the country: `+49 (0)30 …`, `0049 …`. At most 15 digits (E.164), and a zero that is not dialled. */
const INTERNATIONAL = new RegExp(`\\+\\(?[1-9](?:${NEXT_DIGIT}){6,15}${END}|00[1-9](?:${NEXT_DIGIT}){7,14}${END}`, 'gu');
/** Within a country that dials a zero first. */
const NATIONAL = new RegExp(`\\(?0[1-9](?:${NEXT_DIGIT}){7,10}${END}`, 'gu');
/** Of North America. */
const AMERICAN = /(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}/gu;
const DATE = /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)/;

/** Finds telephone numbers in the ways they are written. */
export const phoneFinders: readonly Finder[] = [
  byPattern(INTERNATIONAL, whole),
  byPattern(NATIONAL, (text, found) => (DATE.test(text.slice(found.start, found.start + 11)) ? undefined : whole(text, found))),
  byPattern(AMERICAN, whole),
];

function whole(text: string, { start, end }: Found): number | undefined {
  if (!isWordEnd(text, end)) return undefined;
  // In "1.0123456789" it is the rest of another number, as is a zero behind a group of four digits.
  const before = text.slice(Math.max(0, start - 5), start);
  if (/\d[.,/-]$/.test(before) || (text.charAt(start) === '0' && /\d{4} $/.test(before))) return undefined;
  return end;
}
