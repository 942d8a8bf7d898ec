/** A decimal number without loss: `digits * 10 ** exponent`; the digits end in no zero, and zero is `0n` with exponent 0. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Whole numbers from here on are not all there in JavaScript. */
const FIRST_INEXACT = 2 ** 53;

/**
 * Whether a JSON number literal keeps its value in JavaScript: it is finite, and below 2^53 in magnitude or written out in digits it is
 * what JavaScript writes for it. Fractions below that are doubles, as everywhere.
 * @example
 * isExactNumber('1e23'); // true
 * isExactNumber('9007199254740993'); // false
 */
export function isExactNumber(literal: string): boolean {
  const value = Number(literal);
  if (Math.abs(value) < FIRST_INEXACT) return true;
  if (!Number.isFinite(value)) return false;
  const [given, held] = [normalised(literal), normalised(String(value))];
  return given.exponent === held.exponent && given.digits === held.digits;
}

/**
 * Whether a text is a number that would become another one where a number is needed.
 * @example
 * wouldChange('9007199254740993'); // true
 * wouldChange('12'); // false, nor would 'twelve'
 */
export function wouldChange(text: string): boolean {
  const value = Number(text);
  if (Number.isNaN(value) || Math.abs(value) < FIRST_INEXACT || text.includes('Infinity')) return false;
  return !isExactNumber(text.trim().replace(/^\+/, ''));
}

/** A number as JSON or JavaScript write it, without loss. */
function toDecimal(literal: string): Decimal {
  const { sign, digits, exponent } = normalised(literal);
  return { digits: digits === '' ? 0n : BigInt(`${sign}${digits}`), exponent };
}

/** Digits without zeros at either end; none for zero. By hand: a regular expression for zeros at the end is quadratic in zeros elsewhere. */
function normalised(literal: string): { sign: string; digits: string; exponent: number } {
  const sign = literal.startsWith('-') ? '-' : '';
  const [mantissa = '', power = '0'] = literal.slice(sign.length).toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = `${whole}${fraction}`;
  let start = 0;
  while (digits[start] === '0') start += 1;
  let end = digits.length;
  while (end > start && digits[end - 1] === '0') end -= 1;
  if (start === end) return { sign: '', digits: '', exponent: 0 };
  return { sign, digits: digits.slice(start, end), exponent: Number(power) - fraction.length + digits.length - end };
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/**
 * Calculates with two numbers.
 * @returns undefined where the result would not be what the digits say: it is beyond 2^53 and changed, or not finite, as after a
 * division by zero. NaN for an operand that is none.
 */
export function calculate(operator: Arithmetic, left: number, right: number): number | undefined {
  const result = OPERATIONS[operator](left, right);
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  return isExactResult(operator, left, right, result) ? result : undefined;
}

const OPERATIONS: Readonly<Record<Arithmetic, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};

/**
 * Whether what JavaScript calculates is what the digits of the operands say, as far as numbers from 2^53 on are concerned: what stays
 * below is rounded as doubles are. The operands are finite.
 */
function isExactResult(operator: Arithmetic, left: number, right: number, result: number): boolean {
  if (!Number.isFinite(result)) return false;
  if (Math.max(Math.abs(left), Math.abs(right), Math.abs(result)) < FIRST_INEXACT) return true;
  const [a, b, c] = [left, right, result].map((value) => toDecimal(String(value))) as [Decimal, Decimal, Decimal];
  const isFraction = !Number.isInteger(result);
  switch (operator) {
    case '+':
      return isSame(sum(a, b), c) || (isFraction && sum(a, b).exponent < 0);
    case '-':
      return isSame(sum(a, negative(b)), c) || (isFraction && sum(a, negative(b)).exponent < 0);
    case '*':
      return isSame(product(a, b), c) || (isFraction && product(a, b).exponent < 0);
    case '/':
      return isSame(product(c, b), a) || isFraction;
    case '%':
      return isSame(remainder(a, b), c);
  }
}

/** Whether a number is a whole multiple of another one by their digits, so that 19.99 is one of 0.01. */
export function isMultipleOf(value: number, divisor: number): boolean {
  return remainder(toDecimal(String(value)), toDecimal(String(divisor))).digits === 0n;
}

function isSame(one: Decimal, other: Decimal): boolean {
  return one.exponent === other.exponent && one.digits === other.digits;
}

function negative({ digits, exponent }: Decimal): Decimal {
  return { digits: -digits, exponent };
}

function sum(one: Decimal, other: Decimal): Decimal {
  const [left, right, exponent] = aligned(one, other);
  return normal(left + right, exponent);
}

function product(one: Decimal, other: Decimal): Decimal {
  return normal(one.digits * other.digits, one.exponent + other.exponent);
}

function remainder(one: Decimal, other: Decimal): Decimal {
  const [left, right, exponent] = aligned(one, other);
  return normal(left % right, exponent);
}

/** With one exponent: of two doubles, 700 digits at most. */
function aligned(one: Decimal, other: Decimal): [left: bigint, right: bigint, exponent: number] {
  const exponent = Math.min(one.exponent, other.exponent);
  const raised = (decimal: Decimal) => decimal.digits * 10n ** BigInt(decimal.exponent - exponent);
  return [raised(one), raised(other), exponent];
}

function normal(digits: bigint, exponent: number): Decimal {
  return toDecimal(`${digits}e${exponent}`);
}
