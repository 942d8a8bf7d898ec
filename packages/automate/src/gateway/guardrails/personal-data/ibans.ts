import { isDigit, isWordEnd } from '../text/characters.ts';
import { remainderBy97 } from './checksums.ts';
import { byPattern } from './finder.ts';

/** How long the number is in each country (ISO 13616, registry of 2025). */
const LENGTHS = new Map<string, number>(
  `ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27 dk18 do28 ee20 eg29 es24 fi18 fk18 fo18
   fr27 gb22 ge22 gi23 gl18 gr27 gt28 hn28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 li21 lt20 lu20 lv21 ly25 mc27
   md24 me22 mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29 ro24 rs22 ru33 sa24 sc31 sd18 se24 si19 sk24 sm27
   so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Finds bank accounts, written in one or in groups, whose check digits are right. */
export const findIban = byPattern(/[a-z]{2}\d{2}(?=[ -]?[a-z\d])/gu, (text, { start }) => {
  const length = LENGTHS.get(text.slice(start, start + 2));
  if (length === undefined) return undefined;
  let count = 0;
  let remainder = 0;
  let at = start;
  for (; count < length; at += 1) {
    const unit = text.charCodeAt(at);
    if (isSeparator(unit) && count > 0 && !isSeparator(text.charCodeAt(at - 1))) continue;
    if (!(isDigit(unit) || (unit >= 97 && unit <= 122))) return undefined;
    count += 1;
    if (count > HEAD) remainder = remainderBy97(unit, remainder);
  }
  if (!isWordEnd(text, at)) return undefined;
  // Country and check digits count behind all else.
  for (let head = start; head < start + HEAD; head += 1) remainder = remainderBy97(text.charCodeAt(head), remainder);
  return remainder === 1 ? at : undefined;
});

const HEAD = 4;

function isSeparator(unit: number): boolean {
  return unit === 32 || unit === 0x2d;
}
