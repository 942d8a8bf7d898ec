import { type InputIssue, type Json, toPointer } from '../../kernel/index.ts';
import { ruleLimits } from './limits.ts';
import { operators } from './operators.ts';

const FORBIDDEN_SEGMENTS = new Set(['__proto__', 'constructor', 'prototype']);
const PATH_OPERATORS = new Set(['var', 'missing']);
const REGEX_LIKE = new Set(['regex', 'regexp', 'match', 'matches', 'regex_match', 'test', 'replace', '=~']);

/**
 * Finds what is wrong with a rule before it is stored: each finding with a JSON Pointer into the rule, none when it can run.
 * Callers put the place of the rule in their own input before the pointers.
 */
export function validateRule(rule: unknown): InputIssue[] {
  const issues: InputIssue[] = [];
  let nodes = 0;
  const stack: { value: unknown; path: (string | number)[]; depth: number }[] = [{ value: rule, path: [], depth: 0 }];
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { value, path, depth } = entry;
    const report = (code: string, message: string) => issues.push({ pointer: toPointer(path), code, message });
    nodes += 1;
    if (nodes > ruleLimits.maxNodes) {
      return [{ pointer: '', code: 'too_large', message: `must not have more than ${ruleLimits.maxNodes} nodes` }];
    }
    if (depth > ruleLimits.maxDepth) {
      return [{ pointer: '', code: 'too_deep', message: `must not be nested deeper than ${ruleLimits.maxDepth} levels` }];
    }
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) stack.push({ value: item, path: [...path, index], depth: depth + 1 });
    } else if (typeof value === 'object' && value !== null) {
      const name = checkOperation(value, report);
      if (name === undefined) continue;
      const argument = (value as Record<string, unknown>)[name];
      if (!Array.isArray(argument)) stack.push({ value: argument, path: [...path, name], depth: depth + 1 });
      else
        for (const [index, item] of argument.entries())
          stack.push({ value: item, path: [...path, name, index], depth: depth + 1 });
    } else if (!isPlain(value)) report('invalid_type', 'must be JSON');
  }
  // The stack is walked from the end; readers expect document order.
  return issues.reverse();
}

/**
 * The same for a rule that decides by whether it is true: an operation, or `true` or `false`. Whatever else is a slip, and would hold
 * always or never.
 */
export function validateCondition(rule: unknown): InputIssue[] {
  if (typeof rule === 'boolean' || (typeof rule === 'object' && rule !== null && !Array.isArray(rule))) return validateRule(rule);
  return [{ pointer: '', code: 'invalid_type', message: 'must be a rule: an object with one operator, or true or false' }];
}

/** The arguments of an operation as a list: one that is no list stands for itself. */
export function argumentsOf(argument: Json | undefined): readonly Json[] {
  return Array.isArray(argument) ? argument : [argument as Json];
}

/** Returns the operator's name when its arguments are worth looking at. */
function checkOperation(value: object, report: (code: string, message: string) => void): string | undefined {
  const names = Object.keys(value);
  const [name] = names;
  if (name === undefined || names.length > 1) {
    report('invalid_operation', 'must have exactly one key, the operator');
    return undefined;
  }
  const operator = operators.get(name);
  if (!operator) {
    const hint = REGEX_LIKE.has(name) ? 'regular expressions are not supported; use "in" or "substr"' : 'is not a known operator';
    report('unknown_operator', `${JSON.stringify(name.slice(0, 50))}: ${hint}. Known: ${[...operators.keys()].join(' ')}`);
    return undefined;
  }
  const given = argumentsOf((value as Record<string, Json>)[name]);
  const [minimum, maximum] = operator.arity;
  if (given.length < minimum || given.length > maximum) {
    const wanted = minimum === maximum ? `${minimum}` : maximum >= 1_000 ? `at least ${minimum}` : `${minimum} to ${maximum}`;
    report('wrong_arity', `"${name}" takes ${wanted} arguments, not ${given.length}`);
  }
  const paths = name === 'missing_some' ? argumentsOf(given[1]) : PATH_OPERATORS.has(name) ? given.flat() : [];
  for (const path of name === 'var' ? paths.slice(0, 1) : paths) {
    const isForbidden = typeof path === 'string' && path.split('.').some((segment) => FORBIDDEN_SEGMENTS.has(segment));
    if (isForbidden) report('forbidden_path', `the path ${JSON.stringify(path)} is not allowed`);
  }
  return name;
}

function isPlain(value: unknown): boolean {
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
}
