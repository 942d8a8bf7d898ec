import { createHash } from 'node:crypto';
import { type InputIssue, invalidInput, type Json, type JsonObject } from '../../kernel/index.ts';
import { decisionLimits, WorkBudget, withBudget } from '../budget.ts';
import { type CompiledRule, compileRule } from '../rules/rules.ts';
import { argumentsOf, validateCondition } from '../rules/validate.ts';
import { readPath } from '../rules/values.ts';
import { variablesOf } from '../rules/variables.ts';

/**
 * The rule by which an event that comes later is awaited, with the values of its time in it. It is kept with the one who waits, so it
 * can be asked without knowing anything else of the execution.
 */
export interface FrozenMatch {
  /** JSONLogic; null: every event of the type. */
  readonly rule: Json;
  /** What the rule reads of the execution. */
  readonly values: JsonObject;
  /** Paths of the event that have to equal a value each, in order. */
  readonly paths: readonly string[];
  /** What the values at these paths are hashed to. Who has another hash cannot match; who has the same is asked by the rule. */
  readonly hash: string;
}

/** @throws what a rule throws that asks too much */
export type Match = (scope: JsonObject) => FrozenMatch;

/** Names that a rule reads from the event that came; all others are read from the execution that waits. */
const OF_THE_EVENT: ReadonlySet<string> = new Set(['id', 'type', 'source', 'payload', 'occurred_at']);

/**
 * Compiles the JSONLogic by which an execution knows its event: it sees the event that came at its root, as a trigger's filter does, and
 * what the steps of the execution see beside it. Conditions that an event's value equals one of the execution find their
 * waiting executions by an index, however many wait.
 * @throws AppError `invalid_input` with JSON Pointers into the rule
 * @example
 * compileMatch({ '==': [{ var: 'payload.order_id' }, { var: 'event.payload.order_id' }] });
 */
export function compileMatch(rule: Json | undefined): Match {
  if (rule === undefined) {
    const always: FrozenMatch = { rule: null, values: {}, paths: [], hash: hashOf([]) };
    return () => always;
  }
  const issues = matchIssues(rule);
  if (issues.length > 0) throw invalidInput(issues);
  const own = variablesOf(rule).filter((path) => !isOfTheEvent(path));
  const equalities = equalitiesOf(rule)
    .map(({ path, value }) => ({ path, value: compileRule(value) }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
  const distinct = equalities.filter(({ path }, index) => path !== equalities[index - 1]?.path);
  const paths = distinct.map(({ path }) => path);
  return (scope) => ({
    rule,
    values: nested(own, scope),
    paths,
    hash: hashOf(distinct.map(({ value }) => value.evaluate(scope))),
  });
}

/** What is wrong with such a rule, with pointers into it. */
export function matchIssues(rule: Json): InputIssue[] {
  const issues = validateCondition(rule);
  return issues.length > 0 ? issues : [...pathIssues(rule, '')];
}

/** What the values of an event at these paths are hashed to. @param event as rules see it */
export function eventHash(paths: readonly string[], event: JsonObject): string {
  return hashOf(paths.map((path) => readPath(event, path) ?? null));
}

/** Whether an event is the one that is waited for. @throws AppError `rule_failed` */
export function isMatch({ rule, values }: Pick<FrozenMatch, 'rule' | 'values'>, event: JsonObject): boolean {
  return rule === null || withBudget(new WorkBudget(decisionLimits), () => compiled(rule).matches({ ...values, ...event }));
}

const MAXIMUM_COMPILED = 200;
const rules = new Map<string, CompiledRule>();

/** Those who wait at the same node wait by the same rule. */
function compiled(rule: Json): CompiledRule {
  const text = JSON.stringify(rule);
  const known = rules.get(text) ?? compileRule(rule);
  rules.delete(text);
  rules.set(text, known);
  const [oldest] = rules.keys();
  if (rules.size > MAXIMUM_COMPILED && oldest !== undefined) rules.delete(oldest);
  return known;
}

function isOfTheEvent(path: string): boolean {
  return OF_THE_EVENT.has(path.split('.', 1)[0] as string);
}

/** `{"==": [{"var": "payload.…"}, …]}` by itself or in an `and`, where the other side needs nothing of the event. */
function equalitiesOf(rule: Json): { path: string; value: Json }[] {
  if (!isOperation(rule)) return [];
  const [name, argument] = Object.entries(rule)[0] as [string, Json];
  const parts = argumentsOf(argument);
  if (name === 'and') return parts.flatMap(equalitiesOf);
  if ((name !== '==' && name !== '===') || parts.length !== 2) return [];
  const [left, right] = parts as [Json, Json];
  return [equality(left, right) ?? equality(right, left)].flatMap((found) => found ?? []);
}

function equality(side: Json, value: Json): { path: string; value: Json } | undefined {
  const path = isOperation(side) && Object.keys(side)[0] === 'var' ? side.var : undefined;
  if (typeof path !== 'string' || !isOfTheEvent(path)) return undefined;
  return readsOnlyTheExecution(value) ? { path, value } : undefined;
}

function readsOnlyTheExecution(value: Json): boolean {
  return isPlain(value) || (isOperation(value) && typeof value.var === 'string' && !isOfTheEvent(value.var));
}

function isPlain(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}

function isOperation(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Values that equal each other loosely come out the same. */
function hashOf(values: readonly Json[]): string {
  const text = values.map((value) => {
    if (value === null || typeof value === 'object') return 'null';
    const number = Number(value);
    return Number.isNaN(number) ? `text ${value}` : `number ${number}`;
  });
  return createHash('sha256').update(JSON.stringify(text)).digest('base64url');
}

/** The values behind dotted paths, where the same paths find them again. */
function nested(paths: readonly string[], scope: JsonObject): JsonObject {
  const found: Record<string, Json> = {};
  for (const path of paths) {
    const value = readPath(scope, path);
    if (value === undefined || paths.some((other) => path.startsWith(`${other}.`))) continue;
    const keys = path.split('.');
    let at = found;
    for (const key of keys.slice(0, -1)) {
      if (!Object.hasOwn(at, key)) at[key] = {};
      at = at[key] as Record<string, Json>;
    }
    at[keys.at(-1) as string] = value;
  }
  return found;
}

/** What a rule reads has to be known beforehand, since it is kept until the event comes. */
function* pathIssues(rule: Json, pointer: string): Generator<InputIssue> {
  if (Array.isArray(rule)) {
    for (const [index, part] of rule.entries()) yield* pathIssues(part, `${pointer}/${index}`);
    return;
  }
  if (!isOperation(rule)) return;
  const [name, argument] = Object.entries(rule)[0] as [string, Json];
  const parts = argumentsOf(argument);
  if (name === 'var' && (typeof parts[0] !== 'string' || parts[0] === '')) {
    const message = 'must name what it reads, such as {"var": "payload.order_id"}: the rule is kept until the event comes';
    yield { pointer, code: 'computed_path', message };
  }
  if (name === 'missing' || name === 'missing_some') {
    yield { pointer, code: 'unsupported_operator', message: `"${name}" cannot be used here: compare with null` };
  }
  const sees = ITERATORS.has(name) ? parts.slice(0, 1) : parts;
  for (const [index, part] of sees.entries())
    yield* pathIssues(part, Array.isArray(argument) ? `${pointer}/${name}/${index}` : `${pointer}/${name}`);
}

/** Their second argument sees an item of the list. */
const ITERATORS = new Set(['map', 'filter', 'reduce', 'all', 'some', 'none']);
