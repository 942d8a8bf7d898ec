import { isDigit, isWordEnd } from '../text/characters.ts';
import { isLuhn, isMod11And10, weightedSum } from './checksums.ts';
import { byPattern, type Finder } from './finder.ts';

interface NationalId {
  /** Of a text that has been folded, and so has small letters. */
  readonly pattern: RegExp;
  /** @param id without separators */
  isValid(id: string): boolean;
}

/** Numbers of persons that can be told from other numbers by themselves. */
const nationalIds = {
  be_national_number: { pattern: /\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}/gu, isValid: isBelgian },
  br_cpf: { pattern: /\d{3}\.?\d{3}\.?\d{3}-?\d{2}/gu, isValid: isBrazilian },
  de_tax_id: { pattern: /[1-9]\d ?\d{3} ?\d{3} ?\d{3}/gu, isValid: isGerman },
  es_dni: { pattern: /(?:\d{8}|[xyz]-?\d{7})[ -]?[a-z]/gu, isValid: isSpanish },
  fi_hetu: { pattern: /[0-3]\d[01]\d{3}[-+a-fu-y]\d{3}[\da-y]/gu, isValid: isFinnish },
  fr_nir: { pattern: /[12] ?\d{2} ?[01]\d ?(?:\d{2}|2[ab]) ?\d{3} ?\d{3} ?\d{2}/gu, isValid: isFrench },
  it_codice_fiscale: { pattern: /[a-z]{6}\d{2}[a-ehlmprst]\d{2}[a-z]\d{3}[a-z]/gu, isValid: isItalian },
  nl_bsn: { pattern: /\d{4}\.\d{2}\.\d{3}|\d{9}/gu, isValid: isDutch },
  pl_pesel: { pattern: /\d{11}/gu, isValid: isPolish },
  se_personnummer: { pattern: /(?:19|20)?\d{6}[-+]\d{4}|(?:19|20)\d{10}/gu, isValid: isSwedish },
  us_ssn: { pattern: /(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}/gu, isValid: () => true },
} as const satisfies Record<string, NationalId>;

export type NationalIdName = keyof typeof nationalIds;
export const nationalIdNames = Object.keys(nationalIds) as [NationalIdName, ...NationalIdName[]];

/** Without those that one of eleven other numbers would pass for. */
export const usualNationalIds: readonly NationalIdName[] = nationalIdNames.filter((name) => name !== 'nl_bsn');

export function nationalIdFinder(name: NationalIdName): Finder {
  const { pattern, isValid } = nationalIds[name];
  return byPattern(pattern, (text, { start, end }) => {
    if (!isWordEnd(text, end) || isWithinNumber(text, start, end)) return undefined;
    return isValid(text.slice(start, end).replace(/[ .+-]/g, '')) ? end : undefined;
  });
}

/** Whether digits go on behind a separator, so that this is a piece of something longer. */
function isWithinNumber(text: string, start: number, end: number): boolean {
  const before = /[.+-]/.test(text.charAt(start - 1)) && isDigit(text.charCodeAt(start - 2));
  return before || (/[.-]/.test(text.charAt(end)) && isDigit(text.charCodeAt(end + 1)));
}

function isBelgian(id: string): boolean {
  const check = Number(id.slice(9));
  return isMonth(id.slice(2, 4)) && [id, `2${id}`].some((digits) => 97 - (Number(digits.slice(0, -2)) % 97) === check);
}

function isBrazilian(id: string): boolean {
  if (isOneDigit(id)) return false;
  const first = ((weightedSum(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  const second = ((weightedSum(id, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  return id.slice(9) === `${first}${second}`;
}

/** Of the first ten digits exactly one stands there twice or three times. */
function isGerman(id: string): boolean {
  const counts = new Map<string, number>();
  for (const digit of id.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  return repeated.length === 1 && (repeated[0] as number) <= 3 && isMod11And10(id);
}

function isSpanish(id: string): boolean {
  const number = id.slice(0, -1).replace(/^[xyz]/, (letter) => String('xyz'.indexOf(letter)));
  return 'trwagmyfpdxbnjzsqvhlcke'[Number(number) % 23] === id.at(-1);
}

function isFinnish(id: string): boolean {
  // The sign of the century is a letter, or was taken away as a separator.
  const number = Number(id.slice(0, 6) + id.slice(-4, -1));
  return isMonth(id.slice(2, 4)) && '0123456789abcdefhjklmnprstuvwxy'[number % 31] === id.at(-1);
}

function isFrench(id: string): boolean {
  const number = id.slice(0, 13).replace('2a', '19').replace('2b', '18');
  return !/\D/.test(number) && 97 - (Number(number) % 97) === Number(id.slice(13));
}

/** What letters and digits count at the odd places (decree of 23 December 1976). */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function isItalian(id: string): boolean {
  let sum = 0;
  for (let index = 0; index < 15; index += 1) {
    const unit = id.charCodeAt(index);
    const value = isDigit(unit) ? unit - 48 : unit - 97;
    sum += index % 2 === 0 ? (ODD[value] as number) : value;
  }
  return sum % 26 === id.charCodeAt(15) - 97;
}

function isDutch(id: string): boolean {
  return !isOneDigit(id) && weightedSum(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** The month tells the century: 81 to 92 are the 19th, 21 to 32 the 21st, and so on. */
function isPolish(id: string): boolean {
  const isDate = isMonth(String(Number(id.slice(2, 4)) % 20)) && isDay(id.slice(4, 6));
  return isDate && weightedSum(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

/** The day of a coordination number is 60 more. */
function isSwedish(id: string): boolean {
  const digits = id.slice(-10);
  return isMonth(digits.slice(2, 4)) && isDay(String(Number(digits.slice(4, 6)) % 60)) && isLuhn(digits);
}

function isMonth(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 12;
}

function isDay(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 31;
}

function isOneDigit(id: string): boolean {
  return /^(\d)\1*$/.test(id);
}
