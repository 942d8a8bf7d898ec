import { type InputIssue, type Json, type JsonObject, storableText } from '../../kernel/index.ts';
import type { AwaitedEvent } from '../events/event-wait.ts';
import { compileMatch, matchIssues } from '../events/match.ts';
import { compileRule } from '../rules/rules.ts';
import { validateRule } from '../rules/validate.ts';
import type { WorkflowSettings } from '../schemas.ts';
import { StepError } from '../steps/step-error.ts';
import { renderValue, validateTemplates } from '../templates/templates.ts';

/** What an event says about when the execution it starts may run. */
export interface Admission {
  readonly priority: number;
  readonly concurrency: Concurrency | undefined;
  readonly rate:
    | { readonly limit: number; readonly periodMs: number; readonly key: string; readonly isDropping: boolean }
    | undefined;
  readonly gathering: Gathering | undefined;
  readonly idempotencyKey: string | undefined;
  /** Events that cancel it. */
  readonly cancelledBy: readonly AwaitedEvent[];
}

/** How many of a key may run at a time, and what becomes of one more. */
export interface Concurrency {
  readonly limit: number;
  readonly key: string;
  readonly scope: 'workflow' | 'tenant';
  readonly onConflict: 'wait' | 'cancel_running' | 'skip';
}

/** How events are gathered before they start an execution. */
export type Gathering = { readonly key: string; readonly seconds: number } & (
  | { readonly mode: 'debounce'; readonly maximumSeconds: number | undefined }
  | { readonly mode: 'batch'; readonly size: number }
);

/** The settings of a workflow that say when its executions start, compiled once. @throws what a key or rule throws */
export type Flow = (event: JsonObject) => Admission;

const AT_ONCE: Admission = {
  priority: 0,
  concurrency: undefined,
  rate: undefined,
  gathering: undefined,
  idempotencyKey: undefined,
  cancelledBy: [],
};
const MAXIMUM_KEY = 500;

export function compileFlow(settings: WorkflowSettings): Flow {
  const {
    concurrency,
    rate_limit: rate,
    debounce,
    batch,
    priority,
    idempotency_key: idempotencyKey,
    cancel_on: cancelOn = [],
  } = settings;
  if (!concurrency && !rate && !debounce && !batch && priority === undefined && !idempotencyKey && cancelOn.length === 0)
    return () => AT_ONCE;
  const rule = typeof priority === 'object' ? compileRule(priority) : undefined;
  const cancelledBy = cancelOn.map(({ event_type: eventType, match }) => ({ eventType, match: compileMatch(match) }));
  return (event) => {
    const scope = { event };
    const keyOf = (text: string | undefined) => (text === undefined ? '' : toKey(renderValue(text, scope)));
    return {
      priority: rule ? toPriority(rule.evaluate(event)) : ((priority as number | undefined) ?? 0),
      concurrency: concurrency && {
        limit: concurrency.limit,
        scope: concurrency.scope,
        key: keyOf(concurrency.key),
        onConflict: concurrency.on_conflict ?? 'wait',
      },
      rate: rate && {
        limit: rate.limit,
        periodMs: rate.period_seconds * 1_000,
        key: keyOf(rate.key),
        isDropping: rate.on_exceeded === 'drop',
      },
      gathering: debounce
        ? { mode: 'debounce', key: keyOf(debounce.key), seconds: debounce.seconds, maximumSeconds: debounce.maximum_seconds }
        : batch && { mode: 'batch', key: keyOf(batch.key), seconds: batch.seconds, size: batch.size },
      idempotencyKey: idempotencyKey === undefined ? undefined : keyOf(idempotencyKey),
      cancelledBy: cancelledBy.map(({ eventType, match }) => ({ eventType, match: match(scope) })),
    };
  };
}

/** What is wrong with keys and rules of settings, with pointers into them. */
export function flowIssues(settings: WorkflowSettings): InputIssue[] {
  const keys: [string, string | undefined][] = [
    ['/concurrency/key', settings.concurrency?.key],
    ['/rate_limit/key', settings.rate_limit?.key],
    ['/debounce/key', settings.debounce?.key],
    ['/batch/key', settings.batch?.key],
    ['/idempotency_key', settings.idempotency_key],
  ];
  const issues = keys.flatMap(([pointer, text]) => (text === undefined ? [] : below(pointer, validateTemplates(text))));
  for (const [index, { match }] of (settings.cancel_on ?? []).entries())
    if (match !== undefined) issues.push(...below(`/cancel_on/${index}/match`, matchIssues(match)));
  return typeof settings.priority === 'object'
    ? [...issues, ...below('/priority', validateRule(settings.priority as Json))]
    : issues;
}

function below(pointer: string, issues: InputIssue | readonly InputIssue[] | undefined): InputIssue[] {
  const all = issues === undefined ? [] : Array.isArray(issues) ? (issues as readonly InputIssue[]) : [issues as InputIssue];
  return all.map((issue) => ({ ...issue, pointer: `${pointer}${issue.pointer}` }));
}

/** Keys are made of what events say, and go into the database as they are made. */
function toKey(value: Json): string {
  const text = storableText(typeof value === 'string' ? value : JSON.stringify(value));
  if (text.length <= MAXIMUM_KEY) return text;
  throw new StepError({
    code: 'key_too_long',
    detail: `A key has ${text.length} characters, and ${MAXIMUM_KEY} are the most.`,
    isRetryable: false,
  });
}

function toPriority(value: Json): number {
  const number = Math.round(Number(value));
  return Number.isFinite(number) ? Math.max(-100, Math.min(100, number)) : 0;
}
