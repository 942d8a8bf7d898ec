/** A decimal number as people type it. */
const DECIMAL = /^([+-]?)(\d*)(?:[.,](\d*))?(?:e([+-]?\d{1,4}))?$/i;

/**
 * What a typed number is worth: a number when JavaScript holds it exactly, else the text itself, so that no digit is lost.
 * Undefined for nothing.
 * @example readNumber('9007199254740993') // '9007199254740993'
 */
export function readNumber(text: string): number | string | undefined {
  const typed = text.trim();
  if (typed === '') return undefined;
  const digits = canonical(typed);
  if (digits === undefined) return typed;
  const number = Number(typed.replace(',', '.'));
  return Number.isFinite(number) && canonical(String(number)) === digits ? number : typed;
}

/** Whether a text is a number at all, though none that is held exactly. */
export function isDecimal(text: string): boolean {
  return canonical(text.trim()) !== undefined;
}

/** Sign, digits without zeros at the ends, and where the point is: the same for all ways to write one number. */
function canonical(text: string): string | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', part = '', exponent = '0'] = match;
  if (whole === '' && part === '') return undefined;
  const all = `${whole}${part}`;
  const leading = all.replace(/^0+/, '');
  const digits = leading.replace(/0+$/, '');
  if (digits === '') return '0';
  const point = Number(exponent) - part.length + (leading.length - digits.length);
  return `${sign === '-' ? '-' : ''}${digits}e${point}`;
}
