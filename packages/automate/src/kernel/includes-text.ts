/**
 * Whether a text holds another one, in time that grows with their lengths together. The built-in search grows with their product: of two
 * megabytes of "a" it looks for 50,000 more of them with a "b" among them for a minute.
 */
export function includesText(text: string, part: string): boolean {
  return text.length * part.length <= CHEAP ? text.includes(part) : search(text, part);
}

/** Comparisons of characters that take some milliseconds at most. */
const CHEAP = 10_000_000;

/** By Knuth, Morris and Pratt. */
function search(text: string, part: string): boolean {
  if (part.length > text.length) return false;
  const borders = bordersOf(part);
  let matched = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && unit !== part.charCodeAt(matched)) matched = borders[matched - 1] as number;
    if (unit === part.charCodeAt(matched)) matched += 1;
    if (matched === part.length) return true;
  }
  return false;
}

/** Of each beginning of a text, how long its longest end is that it also begins with. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length);
  let length = 0;
  for (let at = 1; at < part.length; at += 1) {
    const unit = part.charCodeAt(at);
    while (length > 0 && unit !== part.charCodeAt(length)) length = borders[length - 1] as number;
    if (unit === part.charCodeAt(length)) length += 1;
    borders[at] = length;
  }
  return borders;
}
