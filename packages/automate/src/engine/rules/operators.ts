import { type Arithmetic, includesText, type Json } from '../../kernel/index.ts';
import { spend, spendOnText } from './limits.ts';
import { arithmetic, boundedText, compare, isLooselyEqual, isTruthy, readPath, toNumber, toText } from './values.ts';

/** An operator that gets the values of its arguments. */
interface EagerOperator {
  readonly kind: 'eager';
  readonly arity: readonly [minimum: number, maximum: number];
  run(values: readonly Json[], data: Json): Json;
}

/** An operator that decides itself which arguments to evaluate, and on which data. */
interface LazyOperator {
  readonly kind: 'lazy';
  readonly arity: readonly [minimum: number, maximum: number];
  run(count: number, evaluate: (index: number, data?: Json) => Json): Json;
}

export type Operator = EagerOperator | LazyOperator;

const MANY = 1_000;

/** Every operator a rule may use. JSONLogic's standard ones; `log` (a side effect) and whatever an engine adds are not among them. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['var', eager(0, 2, ([path, fallback], data) => withDefault(readPath(data, path), fallback))],
  ['missing', eager(0, MANY, (keys, data) => missing(Array.isArray(keys[0]) ? keys[0] : keys, data))],
  ['missing_some', eager(2, 2, ([minimum, keys], data) => missingSome(minimum ?? 1, keys ?? [], data))],
  ['==', eager(2, 2, ([left, right]) => isLooselyEqual(left as Json, right as Json))],
  ['!=', eager(2, 2, ([left, right]) => !isLooselyEqual(left as Json, right as Json))],
  ['===', eager(2, 2, ([left, right]) => left === right)],
  ['!==', eager(2, 2, ([left, right]) => left !== right)],
  ['<', ordered((order) => order < 0)],
  ['<=', ordered((order) => order <= 0)],
  ['>', ordered((order) => order > 0)],
  ['>=', ordered((order) => order >= 0)],
  ['!', eager(1, 1, ([value]) => !isTruthy(value))],
  ['!!', eager(1, 1, ([value]) => isTruthy(value))],
  ['+', eager(1, MANY, (values) => fold('+', spread(values), 0))],
  ['*', eager(1, MANY, (values) => fold('*', spread(values), 1))],
  [
    '-',
    eager(1, 2, ([left, right]) => (right === undefined ? -toNumber(left) : arithmetic('-', toNumber(left), toNumber(right)))),
  ],
  ['/', eager(2, 2, ([left, right]) => arithmetic('/', toNumber(left), toNumber(right)))],
  ['%', eager(2, 2, ([left, right]) => arithmetic('%', toNumber(left), toNumber(right)))],
  ['max', eager(1, MANY, (values) => outermost(spread(values), Math.max))],
  ['min', eager(1, MANY, (values) => outermost(spread(values), Math.min))],
  ['cat', eager(1, MANY, (values) => boundedText(spread(values).map(toText).join('')))],
  ['substr', eager(2, 3, ([text, start, length]) => substring(toText(text as Json), start as Json, length))],
  ['in', eager(2, 2, ([item, container]) => isIn(item as Json, container as Json))],
  ['merge', eager(0, MANY, (values) => values.flatMap(charged))],
  ['if', lazy(1, MANY, choose)],
  ['?:', lazy(3, 3, choose)],
  ['and', lazy(1, MANY, (count, evaluate) => firstOf(count, evaluate, (value) => !isTruthy(value)))],
  ['or', lazy(1, MANY, (count, evaluate) => firstOf(count, evaluate, isTruthy))],
  ['map', lazy(2, 2, (_count, evaluate) => list(evaluate(0)).map((item) => evaluate(1, item)))],
  ['filter', lazy(2, 2, (_count, evaluate) => list(evaluate(0)).filter((item) => isTruthy(evaluate(1, item))))],
  ['all', lazy(2, 2, (_count, evaluate) => every(list(evaluate(0)), (item) => isTruthy(evaluate(1, item))))],
  ['some', lazy(2, 2, (_count, evaluate) => list(evaluate(0)).some((item) => isTruthy(evaluate(1, item))))],
  ['none', lazy(2, 2, (_count, evaluate) => !list(evaluate(0)).some((item) => isTruthy(evaluate(1, item))))],
  ['reduce', lazy(2, 3, reduce)],
]);

/** Operators whose second argument sees one item of the first as its data. */
export const iterators: ReadonlySet<string> = new Set(['map', 'filter', 'all', 'some', 'none', 'reduce']);

function eager(minimum: number, maximum: number, run: EagerOperator['run']): Operator {
  return { kind: 'eager', arity: [minimum, maximum], run };
}

function lazy(minimum: number, maximum: number, run: LazyOperator['run']): Operator {
  return { kind: 'lazy', arity: [minimum, maximum], run };
}

/** Two values, or three for "between". */
function ordered(test: (order: number) => boolean): Operator {
  return eager(2, 3, ([first, second, third]) => {
    const isFirst = compare(first as Json, second as Json, test);
    return third === undefined ? isFirst : isFirst && compare(second as Json, third, test);
  });
}

function choose(count: number, evaluate: (index: number) => Json): Json {
  for (let index = 0; index + 1 < count; index += 2) if (isTruthy(evaluate(index))) return evaluate(index + 1);
  return count % 2 === 1 ? evaluate(count - 1) : null;
}

function firstOf(count: number, evaluate: (index: number) => Json, test: (value: Json) => boolean): Json {
  let value: Json = null;
  for (let index = 0; index < count; index++) {
    value = evaluate(index);
    if (test(value)) break;
  }
  return value;
}

function reduce(count: number, evaluate: (index: number, data?: Json) => Json): Json {
  const items = list(evaluate(0));
  const start = count > 2 ? evaluate(2) : null;
  return items.reduce<Json>((accumulator, current) => evaluate(1, { current, accumulator }), start);
}

/** JSONLogic says that `all` of nothing is false. */
function every(items: readonly Json[], test: (item: Json) => boolean): boolean {
  return items.length > 0 && items.every(test);
}

function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** A single list stands for its items, so that `{"max": {"var": "prices"}}` works. */
function spread(values: readonly Json[]): readonly Json[] {
  const [only] = values;
  if (values.length !== 1 || !Array.isArray(only)) return values;
  spend(only.length);
  return only;
}

/** A default is for what is missing; null is there. */
function withDefault(value: Json | undefined, fallback: Json | undefined): Json {
  return value === undefined ? (fallback ?? null) : value;
}

function fold(operator: Arithmetic, values: readonly Json[], start: number): number {
  return values.reduce<number>((result, value) => arithmetic(operator, result, toNumber(value)), start);
}

/** The greatest or least; null of none. */
function outermost(values: readonly Json[], choose: (one: number, other: number) => number): Json {
  return values.length === 0 ? null : values.map(toNumber).reduce((one, other) => choose(one, other));
}

function missing(keys: readonly Json[], data: Json): Json[] {
  spend(keys.length);
  return keys.filter((key) => [undefined, null, ''].includes(readPath(data, key) as string | null | undefined));
}

function missingSome(minimum: Json, keys: Json, data: Json): Json[] {
  const absent = missing(list(keys), data);
  return list(keys).length - absent.length >= toNumber(minimum) ? [] : absent;
}

function isIn(item: Json, container: Json): boolean {
  if (typeof container === 'string') {
    spendOnText(container);
    return typeof item !== 'object' && includesText(container, String(item));
  }
  spend(lengthOf(container));
  return list(container).includes(item);
}

function substring(text: string, start: Json, length: Json | undefined): string {
  const from = toNumber(start) || 0;
  const begin = from < 0 ? Math.max(text.length + from, 0) : from;
  if (length === undefined || length === null) return text.slice(begin);
  const size = toNumber(length) || 0;
  return size < 0 ? text.slice(begin, Math.max(text.length + size, begin)) : text.slice(begin, begin + size);
}

/** Copying a list costs as many steps as it has items. */
function charged(value: Json): Json | readonly Json[] {
  spend(lengthOf(value));
  return value;
}

function lengthOf(value: Json): number {
  return Array.isArray(value) ? value.length : 1;
}
