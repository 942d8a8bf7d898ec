import { isObject, isSame } from '../../form/pointer.ts';

/** A part of a rule as people without JSONLogic see it. */
export type Part = Group | Condition | Other;

export interface Group {
  readonly kind: 'group';
  readonly mode: 'all' | 'any' | 'none';
  readonly parts: readonly Part[];
  /** Whether one condition alone is written without the group around it. */
  readonly isBare?: boolean;
}

export interface Condition {
  readonly kind: 'condition';
  readonly path: string;
  readonly operator: Operator;
  readonly value: unknown;
}

/** What the builder does not show otherwise. It stays as it is. */
export interface Other {
  readonly kind: 'other';
  readonly rule: unknown;
}

const COMPARISONS = { is: '==', isNot: '!=', isExactly: '===', more: '>', atLeast: '>=', less: '<', atMost: '<=' } as const;
const COUNTS = { countMore: '>', countLess: '<', countIs: '==' } as const;

export const operators = [
  ...(Object.keys(COMPARISONS) as (keyof typeof COMPARISONS)[]),
  'has',
  'hasNot',
  'isOneOf',
  'isNoneOf',
  ...(Object.keys(COUNTS) as (keyof typeof COUNTS)[]),
  'isSet',
  'isNotSet',
] as const;
export type Operator = (typeof operators)[number];

/** Those that compare with nothing. */
export const unary: ReadonlySet<Operator> = new Set(['isSet', 'isNotSet']);

const read = (path: string) => ({ var: path });
const count = (path: string) => ({ reduce: [read(path), { '+': [{ var: 'accumulator' }, 1] }, 0] });

export function toRule(part: Part): unknown {
  if (part.kind === 'other') return part.rule;
  if (part.kind === 'condition') return ruleOf(part);
  const { mode, parts, isBare = false } = part;
  const [first] = parts;
  // JSONLogic has no group of nothing.
  if (!first) return mode !== 'any';
  const rules = parts.map(toRule);
  if (mode === 'none') return { '!': [{ or: rules }] };
  if (isBare && parts.length === 1) return rules[0];
  return { [mode === 'all' ? 'and' : 'or']: rules };
}

function ruleOf({ path, operator, value }: Condition): unknown {
  const field = read(path);
  if (operator in COMPARISONS) return { [COMPARISONS[operator as keyof typeof COMPARISONS]]: [field, value] };
  if (operator in COUNTS) return { [COUNTS[operator as keyof typeof COUNTS]]: [count(path), value] };
  const list = Array.isArray(value) ? value : [value];
  switch (operator) {
    case 'has':
      return { in: [value, field] };
    case 'hasNot':
      return { '!': [{ in: [value, field] }] };
    case 'isOneOf':
      return { in: [field, list] };
    case 'isNoneOf':
      return { '!': [{ in: [field, list] }] };
    case 'isSet':
      return { '!!': [field] };
    default:
      return { '!': [field] };
  }
}

/** A rule as a group of parts. Nothing is lost: what comes out of {@link toRule} is the rule itself. */
export function toGroup(rule: unknown): Group {
  if (rule === true) return { kind: 'group', mode: 'all', parts: [] };
  if (rule === false) return { kind: 'group', mode: 'any', parts: [] };
  const part = partOf(rule, 0);
  return part.kind === 'group' ? part : { kind: 'group', mode: 'all', parts: [part], isBare: true };
}

/** Rules are not deeper. */
const MAXIMUM_DEPTH = 40;

function partOf(rule: unknown, depth: number): Part {
  const found = depth > MAXIMUM_DEPTH ? undefined : (groupOf(rule, depth) ?? conditionOf(rule));
  // What would be written in another way stays as it was written.
  return found && isSame(toRule(found), rule) ? found : { kind: 'other', rule };
}

function groupOf(rule: unknown, depth: number): Group | undefined {
  const [name, given] = operationOf(rule) ?? [];
  const inner = (mode: Group['mode'], rules: readonly unknown[]): Group | undefined =>
    rules.length === 0 ? undefined : { kind: 'group', mode, parts: rules.map((one) => partOf(one, depth + 1)) };
  if (!given) return undefined;
  if (name === 'and') return inner('all', given);
  if (name === 'or') return inner('any', given);
  const [negated, rules] = (name === '!' && given.length === 1 && operationOf(given[0])) || [];
  return negated === 'or' && rules ? inner('none', rules) : undefined;
}

function conditionOf(rule: unknown): Condition | undefined {
  const [name, given = []] = operationOf(rule) ?? [];
  const [left, right] = given;
  const make = (path: string | undefined, operator: Operator, value: unknown): Condition | undefined =>
    path === undefined ? undefined : { kind: 'condition', path, operator, value };
  if (name === '!!') return make(pathOf(left), 'isSet', null);
  if (name === '!') {
    const [negated, inner = []] = operationOf(left) ?? [];
    if (negated !== 'in') return make(pathOf(left), 'isNotSet', null);
    return pathOf(inner[1]) === undefined
      ? make(pathOf(inner[0]), 'isNoneOf', inner[1])
      : make(pathOf(inner[1]), 'hasNot', inner[0]);
  }
  if (name === 'in') return pathOf(right) === undefined ? make(pathOf(left), 'isOneOf', right) : make(pathOf(right), 'has', left);
  const counted = Object.entries(COUNTS).find(([, written]) => written === name)?.[0] as Operator | undefined;
  const [reduce, [list] = []] = operationOf(left) ?? [];
  if (counted && reduce === 'reduce') return isConstant(right) ? make(pathOf(list), counted, right) : undefined;
  const compared = Object.entries(COMPARISONS).find(([, written]) => written === name)?.[0] as Operator | undefined;
  return compared && isConstant(right) ? make(pathOf(left), compared, right) : undefined;
}

/** Name and operands of an operation whose operands are a list. */
function operationOf(rule: unknown): readonly [string, readonly unknown[]] | undefined {
  if (!isObject(rule)) return undefined;
  const [entry, ...others] = Object.entries(rule);
  return entry && others.length === 0 && Array.isArray(entry[1]) ? [entry[0], entry[1]] : undefined;
}

function pathOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const { var: path, ...rest } = value;
  return typeof path === 'string' && Object.keys(rest).length === 0 ? path : undefined;
}

/** A value that a field of the form can hold. */
function isConstant(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

/** A value as it stands in a field: a text without quotes, unless it would be read as something else. */
export function shownValue(value: unknown): string {
  if (
    Array.isArray(value) &&
    value.every((item) => isSame(parsedValue(shownValue(item)), item) && !shownValue(item).includes(','))
  )
    return value.map(shownValue).join(', ');
  if (typeof value === 'string' && parsedValue(value) === value) return value;
  return JSON.stringify(value) ?? '';
}

/** What was typed in a field. @param sample what stands in the event there: a text stays one */
export function parsedValue(text: string, sample?: unknown): unknown {
  if (typeof sample === 'string' && !text.trim().startsWith('"')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Several values, divided by commas, or a list as JSON. */
export function parsedList(text: string, sample?: unknown): readonly unknown[] {
  const whole = parsedValue(text);
  if (Array.isArray(whole)) return whole;
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => parsedValue(item, sample));
}

/** Operators that make sense for what stands in the event, those for everything where nothing is known. */
export function operatorsFor(sample: unknown): readonly Operator[] {
  if (Array.isArray(sample)) return ['has', 'hasNot', 'countMore', 'countLess', 'countIs', 'isSet', 'isNotSet'];
  if (typeof sample === 'number')
    return ['is', 'isNot', 'more', 'atLeast', 'less', 'atMost', 'isOneOf', 'isNoneOf', 'isSet', 'isNotSet'];
  if (typeof sample === 'string')
    return ['is', 'isNot', 'has', 'hasNot', 'isOneOf', 'isNoneOf', 'isExactly', 'isSet', 'isNotSet'];
  if (typeof sample === 'boolean') return ['is', 'isNot', 'isSet', 'isNotSet'];
  return operators;
}
