/**
 * What a spreadsheet runs as a formula, or takes for the beginning of one (OWASP, CSV injection): a sign, its wide, small, raised and lowered forms, which
 * some of them make the plain one of, and other dashes and signs that look alike; all of them also behind blanks and characters that nobody sees.
 */
const SIGNS = String.raw`=+\-@|%＝＋－＠｜％﹦﹢﹣﹫﹪⁼⁺⁻₌₊₋\u2010-\u2015\u2212\u2795\u2796\ua78a`;
const FORMULA = new RegExp(String.raw`^'*[\s\p{C}]*[\t\r\n${SIGNS}]`, 'u');

/** A text that no spreadsheet runs: with an apostrophe before what looks like a formula. */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that {@link guarded} was given. */
export function unguarded(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}
