import { AppError, type JsonObject, type Logger } from '../../kernel/index.ts';
import { decisionLimits, WorkBudget, withBudget } from '../budget.ts';
import { toRuleInput } from '../events/event.ts';
import type { Admission } from '../flow/flow.ts';
import { fits } from '../triggers/fits.ts';
import type { CompiledTrigger } from '../triggers/trigger-cache.ts';
import type { OutboxEvent } from './outbox.store.ts';
import { errorText } from './verdict.ts';

/** What one trigger decided about one event. */
export interface Decision {
  readonly event: OutboxEvent;
  readonly trigger: CompiledTrigger;
  /** Undefined: no match, or an error. */
  readonly admission: Admission | undefined;
  readonly error: string | null;
}

/** An event with all that was decided about it. */
export interface Decided {
  readonly event: OutboxEvent;
  readonly decisions: readonly Decision[];
}

/** Most time that all triggers together may take for one event. Whatever is left then is decided with an error. */
export const EVENT_BUDGET_MS = 250;

export interface DecideOptions {
  readonly logger: Logger;
  /** Most executions in a row that the event may have come about by. */
  readonly maximumHops: number;
  /** What the budget of an event is measured by, in milliseconds. */
  now(): number;
}

/** Decides about an event one trigger after the other, so that whoever runs it can let others go on in between. */
export function* decideStepwise(
  event: OutboxEvent,
  triggers: readonly CompiledTrigger[],
  options: DecideOptions,
): Generator<undefined, Decided, undefined> {
  const decisions: Decision[] = [];
  let input: JsonObject | undefined;
  let spentMs = 0;
  for (const trigger of triggers) {
    if (!fits(trigger, event)) continue;
    input ??= toRuleInput(event);
    const began = options.now();
    const decision =
      spentMs > EVENT_BUDGET_MS ? { event, trigger, ...failed(overrun()) } : decide(event, trigger, input, options);
    spentMs += options.now() - began;
    if (decision.error !== null) report(decision, options.logger);
    decisions.push(decision);
    yield;
  }
  return { event, decisions };
}

function decide(event: OutboxEvent, trigger: CompiledTrigger, input: JsonObject, { maximumHops }: DecideOptions): Decision {
  try {
    return withBudget(new WorkBudget(decisionLimits), () => {
      const isMatch = trigger.rule?.matches(input) ?? true;
      if (isMatch && event.hops > maximumHops) throw loopLimit(event, maximumHops);
      return { event, trigger, admission: isMatch ? trigger.flow(input) : undefined, error: null };
    });
  } catch (cause) {
    return { event, trigger, ...failed(cause) };
  }
}

function failed(cause: unknown): Pick<Decision, 'admission' | 'error'> {
  const text = errorText(cause);
  return { admission: undefined, error: AppError.is(cause) && CODED.has(cause.code) ? `${cause.code}: ${text}` : text };
}

/** Codes that a verdict begins with, since no text of a rule or a template says as much. */
const CODED = new Set(['loop_limit', 'decision_budget_exceeded']);

function loopLimit({ hops }: OutboxEvent, maximum: number): AppError {
  return new AppError({
    status: 422,
    code: 'loop_limit',
    title: 'Loop limit',
    detail:
      `This event came about through ${hops} executions in a row, and the rule "max_event_hops" of the policy allows ${maximum}: ` +
      'a workflow sends, directly or through others, the event that starts it.',
  });
}

function overrun(): AppError {
  return new AppError({
    status: 422,
    code: 'decision_budget_exceeded',
    title: 'Decision budget exceeded',
    detail: `The triggers before this one took more than ${EVENT_BUDGET_MS} ms for this event: their rules and keys are too heavy.`,
  });
}

function report({ event, trigger, error }: Decision, logger: Logger): void {
  const about = { 'trace.id': event.traceId, event_id: event.id, tenant_id: event.tenantId, trigger_id: trigger.id };
  logger.warn({ ...about, reason: error }, 'a trigger could not be evaluated');
}
