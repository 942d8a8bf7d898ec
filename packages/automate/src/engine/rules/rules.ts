import { LogicEngine } from 'json-logic-engine';
import { AppError, invalidInput, type Json } from '../../kernel/index.ts';
import { chargeDeep } from '../budget.ts';
import { ruleErrors } from './errors.ts';
import { chargeMemory, spend, withAllowance } from './limits.ts';
import { iterators, type Operator, operators } from './operators.ts';
import { argumentsOf, validateCondition, validateRule } from './validate.ts';
import { isTruthy, toResult } from './values.ts';

/** A rule that is ready to run many times. */
export interface CompiledRule {
  /** Whether the rule's value is true in JSONLogic's sense. @throws AppError `rule_failed` when it costs too much */
  matches(data: Json): boolean;
  /** The rule's value. The same data always gives the same value. @throws AppError `rule_failed` when it costs too much */
  evaluate(data: Json): Json;
}

type Run = (data: Json) => Json;

/**
 * Compiles a JSONLogic rule (https://jsonlogic.com) once. Own properties only; a missing variable is null.
 * @throws AppError `invalid_input` with JSON Pointers into the rule
 * @example
 * const rule = compileRule({ '>': [{ var: 'payload.amount' }, 100] });
 * rule.matches({ payload: { amount: 120 } }); // true
 */
export function compileRule(rule: Json): CompiledRule {
  const issues = validateRule(rule);
  if (issues.length > 0) throw invalidInput(issues);
  const run = engine.build(normalise(rule)) as unknown as Run;
  const evaluate = <Value>(data: Json, read: (value: Json) => Value): Value => {
    try {
      return withAllowance(() => read(run(data)));
    } catch (error) {
      if (AppError.is(error)) throw error;
      throw ruleErrors.rule_failed('The rule could not be evaluated for this event.', { cause: error });
    }
  };
  return { matches: (data) => evaluate(data, isTruthy), evaluate: (data) => evaluate(data, charged) };
}

/** The same for a rule that decides by whether it is true. @throws AppError `invalid_input`, also for what is no operation */
export function compileCondition(rule: Json): CompiledRule {
  const issues = validateCondition(rule);
  if (issues.length > 0) throw invalidInput(issues);
  return compileRule(rule);
}

/** What leaves a rule is paid for, as what leaves a template is: it may be large, and there may be many. */
function charged(value: Json): Json {
  const result = toResult(value);
  chargeDeep(result, { use: chargeMemory });
  return result;
}

// The engine brings compilation; every operator is ours, so nothing it adds by default can be reached.
const engine = new LogicEngine(Object.fromEntries([...operators].map(([name, operator]) => [name, toMethod(name, operator)])));
engine.truthy = isTruthy;

/** Every operation gets a list of arguments, so that there is one way to read them. */
function normalise(rule: Json): Json {
  if (Array.isArray(rule)) return rule.map(normalise);
  if (typeof rule !== 'object' || rule === null) return rule;
  const [name, argument] = Object.entries(rule)[0] as [string, Json];
  return { [name]: argumentsOf(argument).map(normalise) };
}

function toMethod(name: string, operator: Operator) {
  if (operator.kind === 'eager') {
    return {
      // Not deterministic for the engine: it would run it while compiling, outside any allowance.
      deterministic: false,
      method: (values: readonly Json[], data: Json) => {
        spend(1);
        return operator.run(values, data);
      },
    };
  }
  const compiled = new WeakMap<readonly Json[], Run[]>();
  return {
    lazy: true,
    deterministic: false,
    method: (rules: readonly Json[], data: Json) => {
      spend(1);
      let runs = compiled.get(rules);
      if (!runs) {
        runs = rules.map((part) => engine.build(part) as unknown as Run);
        compiled.set(rules, runs);
      }
      const parts = runs;
      return operator.run(rules.length, (index, item) => {
        if (index === 1 && iterators.has(name)) spend(1);
        return (parts[index] as Run)(item === undefined ? data : item);
      });
    },
  };
}
