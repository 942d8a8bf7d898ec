/** Text as PostgreSQL can hold it: NUL and halves of surrogate pairs become U+FFFD. */
export function storableText(text: string): string {
  const whole = text.toWellFormed();
  // To ask first is a third of replacing nothing.
  return whole.includes('\u0000') ? whole.replaceAll('\u0000', '\uFFFD') : whole;
}

/**
 * Text of so many UTF-16 code units at most, never cut within a character.
 * @example
 * cutText('a😀', 2); // 'a'
 */
export function cutText(text: string, maximum: number): string {
  if (text.length <= maximum) return text;
  const isWithinPair = isHigh(text.charCodeAt(maximum - 1)) && isLow(text.charCodeAt(maximum));
  return text.slice(0, isWithinPair ? maximum - 1 : maximum);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
