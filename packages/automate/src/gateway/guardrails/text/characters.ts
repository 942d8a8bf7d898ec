/** Whether a character, by its code unit in a folded text, is part of a word: a letter, a mark, a digit or `_`. */
export function isWordUnit(unit: number): boolean {
  return UNITS[unit] === 1;
}

/** Where the word ends that goes on at a place. */
export function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && UNITS[text.charCodeAt(at)] === 1) at += 1;
  return at;
}

/** Whether it is a digit that is written 0 to 9. */
export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/**
 * Whether a word can begin here: not after a letter or digit, unless that belongs to an escape, as in the text `\nada` of JSON within JSON.
 */
export function isWordStart(text: string, at: number): boolean {
  return at === 0 || !isWordUnit(text.charCodeAt(at - 1)) || lengthOfEscapeBefore(text, at) > 0;
}

/** Whether a word can end here. */
export function isWordEnd(text: string, at: number): boolean {
  return at >= text.length || !isWordUnit(text.charCodeAt(at));
}

/** Characters of an escape of JSON that ends here; 0 where there is none. */
function lengthOfEscapeBefore(text: string, at: number): number {
  if (text.charCodeAt(at - 2) === BACKSLASH) return 'nrtbf'.includes(text.charAt(at - 1)) ? 2 : 0;
  return text.charCodeAt(at - 6) === BACKSLASH && /^u[\da-f]{4}$/.test(text.slice(at - 5, at)) ? 6 : 0;
}

/** Most characters before a place that these functions look at. */
export const CHARACTERS_BEFORE = 6;

const BACKSLASH = 0x5c;

/** Not among them: halves of pairs. As good as all characters that are written in pairs beside words are emojis. */
const UNITS = new Uint8Array(0x10000);
for (let unit = 0; unit < 0x10000; unit += 1)
  if ((unit < 0xd800 || unit > 0xdfff) && /[\p{L}\p{M}\p{N}_]/u.test(String.fromCharCode(unit))) UNITS[unit] = 1;
