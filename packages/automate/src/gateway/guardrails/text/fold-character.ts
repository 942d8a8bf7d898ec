/** What a character becomes so that texts which read the same are the same. */
export interface FoldedCharacter {
  readonly base: string;
  /** Combining marks that follow it. */
  readonly marks: string;
  readonly isSpace: boolean;
}

/**
 * Compatibility decomposition (as NFKC tells alike) without case; nothing for what cannot be seen. A few characters that stand for whole
 * phrases stay as they are, so that a text cannot grow.
 */
export function foldCharacter(codePoint: number): FoldedCharacter {
  let folded = cache.get(codePoint);
  if (folded === undefined) {
    folded = fold(codePoint);
    cache.set(codePoint, folded);
  }
  return folded;
}

const cache = new Map<number, FoldedCharacter>();
const MAXIMUM_LENGTH = 4;
const NOTHING: FoldedCharacter = { base: '', marks: '', isSpace: false };

function fold(codePoint: number): FoldedCharacter {
  const character = String.fromCodePoint(codePoint);
  if (/^\p{Default_Ignorable_Code_Point}$/u.test(character)) return NOTHING;
  if (/^\s$/u.test(character)) return { base: ' ', marks: '', isSpace: true };
  // By way of capitals, since "ß" is "ss" and both small sigmas are one letter.
  const alike = character.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
  const text = alike.length > MAXIMUM_LENGTH ? character.toLowerCase() : alike;
  const marks = /\p{M}*$/u.exec(text)?.[0] ?? '';
  return { base: text.slice(0, text.length - marks.length), marks, isSpace: false };
}
