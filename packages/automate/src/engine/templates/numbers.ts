import { type Context, defaultOperators, filters, TokenKind, toValue } from 'liquidjs';
import { type Arithmetic, calculate, includesText, isExactNumber, wouldChange } from '../../kernel/index.ts';

/** A filter as the engine calls it. */
export type Handler = (this: { context: Context }, value: unknown, ...operands: unknown[]) => unknown;

/** The filters that calculate. They fail instead of giving another number than the digits say, or none. */
export const arithmeticFilters: Readonly<Record<string, Handler>> = {
  plus: onNumbers((left, right) => exactly('+', left, right)),
  minus: onNumbers((left, right) => exactly('-', left, right)),
  times: onNumbers((left, right) => exactly('*', left, right)),
  divided_by(dividend, divisor, isWhole = false) {
    const result = exactly('/', toNumber(dividend), toNumber(divisor));
    return toNumber(isWhole) === 0 ? result : Math.floor(result);
  },
  // The sign is the divisor's, as in Ruby.
  modulo: onNumbers((left, right) => exactly('%', exactly('+', exactly('%', left, right), right), right)),
  abs: onNumbers(Math.abs),
  round: onNumbers((value, digits) => (filters.round as Handler).call(undefined as never, value, digits) as number),
  ceil: onNumbers(Math.ceil),
  floor: onNumbers(Math.floor),
  at_least: onNumbers(Math.max),
  at_most: onNumbers(Math.min),
  *sum(list, property): Generator<unknown, number, unknown> {
    let total = 0;
    for (const item of Array.isArray(list) ? list : [list]) {
      const given = property ? yield this.context._getFromScope(item, String(property), false) : item;
      total = exactly('+', total, toNumber(given));
    }
    return total;
  },
};

/** Comparisons that know of a text's number what it says, and a search that takes no longer than the texts are long. */
export const ownOperators = {
  ...Object.fromEntries((['<', '<=', '>', '>='] as const).map((name) => [name, comparison(name)])),
  *contains(left: unknown, right: unknown): Generator<unknown, boolean, unknown> {
    const [text, part] = [toValue(left as never), toValue(right as never)] as unknown[];
    if (typeof text === 'string' && typeof part === 'string') return includesText(text, part);
    return (yield* original('contains')(left, right)) as boolean;
  },
};
/** The first number in parsed templates that JavaScript cannot hold. */
export function findInexactLiteral(templates: readonly object[]): string | undefined {
  const seen = new Set<object>();
  const stack: object[] = [...templates];
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (seen.has(part)) continue;
    seen.add(part);
    const { kind, getText } = part as { kind?: unknown; getText?: () => string };
    if (kind === TokenKind.Number && getText) {
      const text = getText.call(part);
      if (!isExactNumber(text)) return text;
    }
    for (const [key, inner] of Object.entries(part))
      if (typeof inner === 'object' && inner !== null && key !== 'liquid') stack.push(inner);
  }
  return undefined;
}

/** A value as filters that calculate read it: 0 for what is no number. @throws Error for a text whose number would change */
function toNumber(given: unknown): number {
  const value = toValue(given as never) as unknown;
  if (typeof value === 'string') requireExact(value);
  return Number(value) || 0;
}

function requireExact(text: string): void {
  if (wouldChange(text)) throw new Error(`the text "${text.trim().slice(0, 40)}" is a number that cannot be kept exactly`);
}

function exactly(operator: Arithmetic, left: number, right: number): number {
  if (right === 0 && (operator === '/' || operator === '%')) throw new Error('a division by zero');
  const result = calculate(operator, left, right);
  if (result !== undefined) return result;
  throw new Error(`the result of ${left} ${operator} ${right} cannot be kept exactly`);
}

function onNumbers(calculation: (...operands: [number, number]) => number): Handler {
  return (...operands) => calculation(...(operands.map(toNumber) as [number, number]));
}

type Operator = (left: unknown, right: unknown) => Generator<unknown, unknown, unknown>;

function original(name: string): Operator {
  return defaultOperators[name] as unknown as Operator;
}

function comparison(name: string): Operator {
  const compare = original(name);
  return function* (left, right) {
    const [one, other] = [toValue(left as never), toValue(right as never)] as unknown[];
    if (typeof one === 'number' && typeof other === 'string') requireExact(other);
    else if (typeof one === 'string' && typeof other === 'number') requireExact(one);
    return yield* compare(left, right);
  };
}
