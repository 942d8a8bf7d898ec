import { isDigit, isWordEnd, isWordStart } from '../text/characters.ts';
import { isLuhn } from './checksums.ts';
import type { Finder } from './finder.ts';

const SHORTEST = 13;
const LONGEST = 19;

/** Finds numbers of payment cards, digits together or apart, that are of an issuer and whose check digit is right. */
export const findPaymentCard: Finder = (text, from) => {
  for (let start = from; start < text.length; start += 1) {
    const unit = text.charCodeAt(start);
    if (unit < 50 || unit > 54 || !isWordStart(text, start)) continue;
    const end = endOfCard(text, start);
    if (end !== undefined) return { start, end };
  }
  return undefined;
};

/** Where the longest card number ends that begins here. */
function endOfCard(text: string, start: number): number | undefined {
  let digits = '';
  let end: number | undefined;
  for (let at = start; at < text.length && digits.length < LONGEST; at += 1) {
    const unit = text.charCodeAt(at);
    if (!isDigit(unit)) {
      if (!isSeparator(unit) || isSeparator(text.charCodeAt(at - 1))) break;
      continue;
    }
    digits += text.charAt(at);
    if (digits.length >= SHORTEST && isWordEnd(text, at + 1) && isIssued(digits) && isLuhn(digits)) end = at + 1;
  }
  return end;
}

/** Whether an issuer has numbers that begin so and are as long. */
function isIssued(digits: string): boolean {
  const { length } = digits;
  if (digits[0] === '4') return length === 13 || length === 16 || length === 19;
  if (/^(?:5[1-5]|2[2-7]|35)/.test(digits)) return length === 16;
  if (/^3[47]/.test(digits)) return length === 15;
  if (/^3[0689]/.test(digits)) return length === 14;
  return /^6/.test(digits) && length >= 16;
}

function isSeparator(unit: number): boolean {
  return unit === 32 || unit === 0x2d || unit === 0x2e || (unit >= 0x2010 && unit <= 0x2015);
}
