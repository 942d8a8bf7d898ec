import { isDigit, isWordEnd, isWordStart } from '../text/characters.ts';
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
  let end: number | undefined;
  let length = 0;
  let firstTwo = 0;
  // Luhn's sums of the digits so far, for a number that ends at this one, and for one that ends at the next.
  let sum = 0;
  let other = 0;
  for (let at = start; at < text.length && length < LONGEST; at += 1) {
    const unit = text.charCodeAt(at);
    if (!isDigit(unit)) {
      if (!isSeparator(unit) || isSeparator(text.charCodeAt(at - 1))) break;
      continue;
    }
    const digit = unit - 48;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    [sum, other] = [other + digit, sum + doubled];
    length += 1;
    if (length <= 2) firstTwo = firstTwo * 10 + digit;
    if (length >= SHORTEST && sum % 10 === 0 && isIssued(firstTwo, length) && isWordEnd(text, at + 1)) end = at + 1;
  }
  return end;
}

/** Whether an issuer has numbers that begin so and are as long. */
function isIssued(firstTwo: number, length: number): boolean {
  if (firstTwo >= 60) return length >= 16;
  if (firstTwo >= 51) return firstTwo <= 55 && length === 16;
  if (firstTwo >= 40) return firstTwo <= 49 && (length === 13 || length === 16 || length === 19);
  if (firstTwo === 34 || firstTwo === 37) return length === 15;
  if (firstTwo === 30 || firstTwo === 36 || firstTwo >= 38) return length === 14;
  return length === 16 && ((firstTwo >= 22 && firstTwo <= 27) || firstTwo === 35);
}

function isSeparator(unit: number): boolean {
  return unit === 32 || unit === 0x2d || unit === 0x2e || (unit >= 0x2010 && unit <= 0x2015);
}
