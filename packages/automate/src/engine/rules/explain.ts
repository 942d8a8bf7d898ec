import { AppError, invalidInput, type Json } from '../../kernel/index.ts';
import { ruleErrors } from './errors.ts';
import { spend, withAllowance } from './limits.ts';
import { iterators, operators } from './operators.ts';
import { argumentsOf, validateRule } from './validate.ts';
import { isTruthy, toResult } from './values.ts';

/** One operand of a rule with the value it had. */
export interface Explanation {
  /** The operator's name; `value` for a constant, `list` for a list. */
  readonly operator: string;
  readonly value: Json;
  /** Operands in order. For an iterator, the list and then its test once per item, as far as it ran. */
  readonly arguments: readonly Explanation[];
  /** Of a `var`: what it read. */
  readonly path?: string;
  /** True for an operand that did not need to be evaluated, for example behind a false `and`. */
  readonly skipped?: true;
}

const MAX_ITEMS_SHOWN = 100;
const MAX_SHOWN = 500_000;

/**
 * Runs a rule and shows the value of every operand, by the same operators that a compiled rule runs.
 * @throws AppError `invalid_input` with JSON Pointers into the rule, `rule_failed` when it costs too much
 * @example
 * explainRule({ rule: { '>': [{ var: 'payload.amount' }, 100] }, event: { payload: { amount: 120 } } }).match; // true
 */
export function explainRule(options: { rule: Json; event: Json }): { match: boolean; explain: Explanation } {
  const issues = validateRule(options.rule);
  if (issues.length > 0) throw invalidInput(issues);
  const show = createDisplay();
  try {
    const { value, node } = withAllowance(() => walk(options.rule, options.event, show));
    return { match: isTruthy(value), explain: { ...node, value: toResult(value) } };
  } catch (error) {
    if (AppError.is(error)) throw error;
    throw ruleErrors.rule_failed('The rule could not be evaluated for this event.', { cause: error });
  }
}

type Show = (value: Json) => Json;

interface Step {
  /** The value as the operators see it; the node shows it as JSON. */
  readonly value: Json;
  readonly node: Explanation;
}

function walk(rule: Json, data: Json, show: Show): Step {
  if (Array.isArray(rule)) {
    const steps = rule.map((part) => walk(part, data, show));
    const value = steps.map((part) => part.value);
    return { value, node: { operator: 'list', value: show(value), arguments: nodes(steps) } };
  }
  if (typeof rule !== 'object' || rule === null)
    return { value: rule, node: { operator: 'value', value: show(rule), arguments: [] } };
  const [name, argument] = Object.entries(rule)[0] as [string, Json];
  const parts = argumentsOf(argument);
  const operator = operators.get(name);
  if (!operator) throw new Error(`unknown operator ${name}`); // validateRule has refused it
  spend(1);
  if (operator.kind === 'eager') {
    const steps = parts.map((part) => walk(part, data, show));
    const values = steps.map((part) => part.value);
    const path = name === 'var' ? { path: String(values[0] ?? '') } : {};
    const value = operator.run(values, data);
    return { value, node: { operator: name, value: show(value), arguments: nodes(steps), ...path } };
  }
  const done: Explanation[] = [];
  const reached = new Set<number>();
  const value = operator.run(parts.length, (index, item) => {
    const isItem = index === 1 && iterators.has(name);
    if (isItem) spend(1);
    const inner = walk(parts[index] as Json, item === undefined ? data : item, show);
    reached.add(index);
    if (!isItem || done.length <= MAX_ITEMS_SHOWN) done.push(inner.node);
    return inner.value;
  });
  const skipped = parts.flatMap((part, index) => (reached.has(index) ? [] : [skippedNode(part)]));
  return { value, node: { operator: name, value: show(value), arguments: [...done, ...skipped] } };
}

/** Shows values in full until they fill the page: a rule can name a large event in each of its thousand nodes. */
function createDisplay(): Show {
  let room = MAX_SHOWN;
  const sizes = new WeakMap<object, number>();
  return (value) => {
    if (typeof value === 'number') return toResult(value);
    if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return value;
    const size = typeof value === 'string' ? value.length : (sizes.get(value) ?? JSON.stringify(value).length);
    if (typeof value === 'object') sizes.set(value, size);
    room -= size;
    return room >= 0 ? value : '(too large to show)';
  };
}

function nodes(steps: readonly Step[]): Explanation[] {
  return steps.map((part) => part.node);
}

function skippedNode(rule: Json): Explanation {
  const isOperation = typeof rule === 'object' && rule !== null && !Array.isArray(rule);
  const operator = isOperation ? (Object.keys(rule)[0] as string) : Array.isArray(rule) ? 'list' : 'value';
  return { operator, value: operator === 'value' ? toResult(rule) : null, arguments: [], skipped: true };
}
