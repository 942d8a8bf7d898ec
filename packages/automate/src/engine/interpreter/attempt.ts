import { AppError, cutText, errorMessage, type Json, type Storable, toStorableJson, turns } from '../../kernel/index.ts';
import { WorkBudget, withBudget } from '../budget.ts';
import type { PlanStep } from '../graph/compile-step.ts';
import type { Failure } from '../records/execution.ts';
import { StepError } from '../steps/step-error.ts';
import type { StepResult } from '../steps/step-result.ts';
import type { StepScope } from '../steps/step-scope.ts';
import { openSecrets, type StepSecrets } from '../steps/step-secrets.ts';
import { renderedAt } from '../templates/time.ts';
import { hideLinks, withoutLinks } from './approval-scope.ts';
import { AttemptContext } from './attempt-context.ts';
import type { AttemptOptions, AttemptResult } from './attempt-options.ts';
import { Bound } from './bound.ts';
import { storable } from './limits.ts';

/** Longest reason of a failure that is kept. */
const MAXIMUM_REASON = 10_000;

/**
 * Runs a step once: makes its input or takes that of an earlier try, opens its secrets, bounds its time, and takes the secrets out
 * of what it leaves behind. What it works on and what it gives out are what will be read from the database again. Never throws.
 */
export async function attemptStep(options: AttemptOptions): Promise<AttemptResult> {
  const { step, execution, scope, signal } = options;
  // All templates and rules of the attempt together.
  const budget = new WorkBudget();
  let opened: StepSecrets | undefined;
  let hide: Hide | undefined = scope.approvals === undefined ? undefined : hideLinks;
  try {
    // What is known at once is not awaited: a step is worked out within the turn in which it begins, or many heavy ones would follow
    // each other as microtasks, and nobody else had a turn between them.
    const asked = step.isInternal ? undefined : options.policies.requireStep(execution.tenantId, step.type, options.stepCount);
    if (asked) await asked;
    if (step.secrets.length > 0)
      opened = await openSecrets(options.secrets, { tenantId: execution.tenantId, names: step.secrets });
    const room = asked || opened ? turns.wait() : undefined;
    if (room) await room;
    hide = bothOf(opened?.hide, hide);
    const made = options.frozen ?? makeInput(options, opened, budget);
    const input = made instanceof Promise ? await made : made;
    if (signal.aborted) return { type: 'aborted' };
    const bound = new Bound(signal, options.timeoutMs);
    try {
      options.effects.admit?.(step, options.path);
      const context = new AttemptContext(options, bound, opened);
      const pending = withBudget(budget, () => step.runner.run(input, context));
      const given = requireResult(pending instanceof Promise ? await inTurn(bound.race(pending)) : pending);
      if (signal.aborted) return { type: 'aborted' };
      if (opened) requireAsked(context, step);
      const result = options.effects.conclude?.(given, options.path) ?? given;
      const { value, bytes } = storable('output', result.output, options.limits);
      const kept = { ...result, output: value };
      const isAtOnce = !(pending instanceof Promise);
      return { type: 'done', isAtOnce, result: hide ? hideResult(kept, hide, opened?.hide) : kept, outputBytes: bytes };
    } finally {
      bound.end();
    }
  } catch (error) {
    if (signal.aborted) return { type: 'aborted' };
    return { type: 'failed', error, reason: reasonOf(error, hide) };
  }
}

/** Not every host is written in TypeScript. */
function requireResult(given: StepResult): StepResult {
  if (typeof given === 'object' && given !== null) return given;
  const detail = 'The step gave no result: "run" has to return an object with its "output".';
  throw new StepError({ code: 'output_not_json', detail, isRetryable: false });
}

/** What comes from outside is large now and then, and is looked through at once. */
async function inTurn<T>(pending: Promise<T>): Promise<T> {
  const value = await pending;
  const room = turns.wait();
  if (room) await room;
  return value;
}

/** What the step works on; what is shown of it is noted before it acts. */
function makeInput(options: AttemptOptions, opened: StepSecrets | undefined, budget: WorkBudget): Json | Promise<Json> {
  const { scope } = options;
  const input = inputFrom(scope, opened?.values, options, budget);
  // Rendered once more, since a filter may turn a value into something that nobody would recognise.
  const shown = withoutLinks(scope);
  const { value, bytes } = shown === scope && !opened ? input : inputFrom(shown, opened?.placeholders, options, budget);
  const noted = options.onInput(value, bytes);
  return noted ? noted.then(() => input.value) : input.value;
}

function inputFrom(
  scope: StepScope,
  secrets: StepSecrets['values'] | undefined,
  { step, startedAt, limits }: AttemptOptions,
  budget: WorkBudget,
): Storable {
  const made = withBudget(budget, () => renderedAt(startedAt, () => step.runner.input(scope, secrets)));
  return storable('input', made, limits);
}

/** Takes out what must not be stored. */
type Hide = <Value extends Json>(value: Value) => Value;

function bothOf(first: Hide | undefined, second: Hide | undefined): Hide | undefined {
  return first && second ? (value) => second(first(value)) : (first ?? second);
}

/** @param hideSecrets of a step that has some */
function hideResult(result: StepResult, hide: Hide, hideSecrets: Hide | undefined): StepResult {
  // A key that was taken out has another place.
  const shown = { ...result, output: toStorableJson(hide(result.output)) };
  if (!hideSecrets) return shown;
  const { starts, waitsFor, route } = result;
  return {
    ...shown,
    ...(starts && { starts: { ...starts, workflow: hideSecrets(starts.workflow), input: hideSecrets(starts.input) } }),
    ...(waitsFor !== undefined && { waitsFor: hideSecrets(waitsFor) }),
    ...(route !== undefined && { route: hideSecrets(route) }),
  };
}

/** Whoever writes a step type finds out in its first test, and not when a value has been sent to the wrong host. */
function requireAsked(context: AttemptContext, { type, effects }: PlanStep): void {
  // Who sends by `context.http` alone has them asked about there, each time.
  if (context.wereHostsAsked || effects === 'http') return;
  const detail = `A step of the type "${type}" used secrets and never asked where they may go: send them by context.http, or ask context.secrets.requireHost first.`;
  throw new StepError({ code: 'secret_hosts_unasked', detail, isRetryable: false });
}

/** Why a step failed, as it is stored. */
export function reasonOf(error: unknown, hide?: Hide): Failure {
  const message = errorMessage(error);
  return {
    code: AppError.is(error) ? (hide?.(error.code) ?? error.code) : 'step_error',
    message: cutText(hide ? hide(message) : message, MAXIMUM_REASON),
  };
}
