import type { Json } from '../../kernel/index.ts';
import { ruleErrors } from './errors.ts';
import { ruleLimits, spend } from './limits.ts';

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
  // biome-ignore lint/suspicious/noDoubleEquals: JSONLogic defines its == as JavaScript's.
  return left == right;
}

/** A number as JSONLogic's arithmetic reads it; NaN for what is none. */
export function toNumber(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined || typeof value === 'boolean') return Number(value ?? 0);
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
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
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Refuses texts that only a runaway rule makes. */
export function boundedText(text: string): string {
  if (text.length <= ruleLimits.maxText) return text;
  throw ruleErrors.rule_failed(`The rule makes a text of more than ${ruleLimits.maxText} characters.`);
}

/** What leaves a rule is JSON: NaN and infinities become null. */
export function toResult(value: Json | undefined): Json {
  if (value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return Array.isArray(value) ? value.map(toResult) : value;
}

function isObject(value: Json): value is Exclude<Json, null | boolean | number | string> {
  return typeof value === 'object' && value !== null;
}
