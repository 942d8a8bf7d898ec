import { type Arithmetic, calculate, type Json, wouldChange } from '../../kernel/index.ts';
import { ruleErrors } from './errors.ts';
import { chargeMemory, ruleLimits, spend, spendOnText } from './limits.ts';

/** JSONLogic's truth: false, null, 0, NaN, '' and the empty list are false; all else, '0' and {} too, is true. */
export function isTruthy(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** Reads a dotted path, own properties only; undefined when any part is missing. */
export function readPath(data: Json, path: Json | undefined): Json | undefined {
  if (path === null || path === undefined || path === '') return data;
  if (typeof path !== 'string' && typeof path !== 'number') return undefined;
  let value: Json | undefined = data;
  for (const key of String(path).split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    if (Array.isArray(value) && key === 'length') return undefined;
    value = (value as Readonly<Record<string, Json>>)[key];
  }
  return value;
}

/** JavaScript's `==` between plain values; a list or object equals itself only, so that no conversion method ever runs. */
export function isLooselyEqual(left: Json, right: Json): boolean {
  if (isObject(left) || isObject(right)) return left === right;
  if (typeof left === 'number' && typeof right === 'string') requireExact(right);
  else if (typeof left === 'string' && typeof right === 'number') requireExact(left);
  // biome-ignore lint/suspicious/noDoubleEquals: JSONLogic defines its == as JavaScript's.
  return left == right;
}

/** A number as JSONLogic's arithmetic reads it; NaN for what is none. @throws AppError `rule_failed` for a text whose number would change */
export function toNumber(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined || typeof value === 'boolean') return Number(value ?? 0);
  if (typeof value !== 'string' || value.trim() === '') return Number.NaN;
  requireExact(value);
  const number = Number(value);
  return Number.isFinite(number) ? number : Number.NaN;
}

/** Calculates; NaN when an operand is no number. @throws AppError `rule_failed` for a division by zero, and where the result would change */
export function arithmetic(operator: Arithmetic, left: number, right: number): number {
  if (right === 0 && (operator === '/' || operator === '%')) throw ruleErrors.rule_failed('The rule divides by zero.');
  const result = calculate(operator, left, right);
  if (result !== undefined) return result;
  throw ruleErrors.rule_failed(`The result of ${left} ${operator} ${right} cannot be kept exactly.`);
}

function requireExact(text: string): void {
  if (!wouldChange(text)) return;
  throw ruleErrors.rule_failed(`The text "${text.trim().slice(0, 40)}" is a number that cannot be kept exactly.`);
}

/** Texts compare as texts, all else as numbers; a comparison with what is no number is false. */
export function compare(left: Json, right: Json, test: (order: number) => boolean): boolean {
  if (typeof left === 'string' && typeof right === 'string') return test(left < right ? -1 : Number(left > right));
  const difference = toNumber(left) - toNumber(right);
  return Number.isNaN(difference) ? toNumber(left) === toNumber(right) && test(0) : test(difference);
}

export function toText(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (Array.isArray(value)) {
    spend(value.length);
    return value.map(toText).join(',');
  }
  if (typeof value !== 'object') return String(value);
  const text = JSON.stringify(value);
  spendOnText(text);
  return text;
}

/** Refuses texts that only a runaway rule makes. */
export function boundedText(text: string): string {
  chargeMemory(text.length);
  if (text.length <= ruleLimits.maxText) return text;
  throw ruleErrors.rule_failed(`The rule makes a text of more than ${ruleLimits.maxText} characters.`);
}

/** What leaves a rule is JSON: NaN, which is what calculating with no number gives, becomes null. */
export function toResult(value: Json | undefined): Json {
  if (value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return Array.isArray(value) ? value.map(toResult) : value;
}

function isObject(value: Json): value is Exclude<Json, null | boolean | number | string> {
  return typeof value === 'object' && value !== null;
}
