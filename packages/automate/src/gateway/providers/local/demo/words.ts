const EMPTY = new Set(
  'the and for are but not you your with this that from have has had was were will would can could should what when where which who how why all any its our their they them then than there here into onto about please some just more most very also get set make tell show give use'.split(
    ' ',
  ),
);

/** The words of a text that carry meaning, in lower case, in their order. */
export function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []).filter((word) => !EMPTY.has(word));
}

/** An estimate: a token for each four letters of a word, at least one. */
export function countTokens(text: string): number {
  let tokens = 0;
  for (const [word] of text.matchAll(/\S+/g)) tokens += Math.ceil(word.length / 4);
  return tokens;
}

/** A text as it is streamed: word by word, with the blanks that follow. */
export function piecesOf(text: string): string[] {
  return text.match(/\s*\S+\s*/g) ?? (text === '' ? [] : [text]);
}
