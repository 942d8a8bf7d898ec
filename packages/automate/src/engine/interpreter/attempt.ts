import type { Secrets } from '../../governance/index.ts';
import {
  AppError,
  type Clock,
  cutText,
  errorMessage,
  type Json,
  type Logger,
  type Storable,
  toStorableJson,
  turns,
} from '../../kernel/index.ts';
import { WorkBudget, withBudget } from '../budget.ts';
import type { PlanStep } from '../graph/compile-step.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Failure, LoadedExecution } from '../records/execution.ts';
import { hidingLogger, openSecrets, type StepSecrets } from '../steps/step-secrets.ts';
import { type StepContext, StepError, type StepResult, type StepScope } from '../steps/step-type.ts';
import { renderedAt } from '../templates/time.ts';
import { hideLinks, withoutLinks } from './approval-scope.ts';
import { Bound } from './bound.ts';
import { type StepLimits, storable } from './limits.ts';

export interface AttemptOptions {
  readonly step: PlanStep;
  readonly execution: LoadedExecution;
  readonly scope: StepScope;
  readonly secrets: Secrets;
  readonly policies: Pick<ExecutionPolicy, 'requireStep'>;
  readonly limits: StepLimits;
  /** How many steps the graph has. */
  readonly stepCount: number;
  /** Aborts when the step has to end at once. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Node path and iteration. */
  readonly key: string;
  readonly number: number;
  /** When it was first tried: what is `now` in its input. */
  readonly startedAt: Date;
  /** What an earlier try worked on, so that this one works on the same; null when there is none, or none that may be stored. */
  readonly frozen: Json;
  readonly clock: Clock;
  logger(): Logger;
  /** Told as soon as it is known what the step works on, and waited for before it acts. @throws StepError when there is no room */
  onInput(shown: Json, bytes: number): Promise<void> | undefined;
}

export type AttemptResult =
  | {
      readonly type: 'done';
      readonly result: StepResult;
      readonly outputBytes: number;
      /** Whether it could not be stopped, since it was over at once. */
      readonly isAtOnce: boolean;
    }
  | { readonly type: 'failed'; readonly error: unknown; readonly reason: Failure }
  /** Ended from outside; whatever it was about to say does not count. */
  | { readonly type: 'aborted' };

const NO_HOSTS: readonly (readonly string[])[] = [];
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
    const asked = options.policies.requireStep(execution.tenantId, step.type, options.stepCount);
    if (asked) await asked;
    if (step.secrets.length > 0)
      opened = await openSecrets(options.secrets, { tenantId: execution.tenantId, names: step.secrets, scope });
    const room = asked || opened ? turns.wait() : undefined;
    if (room) await room;
    hide = bothOf(opened?.hide, hide);
    const made = options.frozen ?? makeInput(options, opened, budget);
    const input = made instanceof Promise ? await made : made;
    if (signal.aborted) return { type: 'aborted' };
    const bound = new Bound(signal, options.timeoutMs);
    try {
      const context = new AttemptContext(options, bound, opened);
      const pending = withBudget(budget, () => step.runner.run(input, context));
      const result = pending instanceof Promise ? await inTurn(bound.race(pending)) : pending;
      if (signal.aborted) return { type: 'aborted' };
      if (opened) requireAsked(context, step);
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

/** What comes from outside is large now and then, and is looked through at once. */
async function inTurn<T>(pending: Promise<T>): Promise<T> {
  const value = await pending;
  const room = turns.wait();
  if (room) await room;
  return value;
}

/** What the step works on; what is shown of it is told before it acts. */
function makeInput(options: AttemptOptions, opened: StepSecrets | undefined, budget: WorkBudget): Json | Promise<Json> {
  const { scope } = options;
  const input = inputFrom(opened?.scope ?? scope, options, budget);
  // Rendered once more, since a filter may turn a value into something that nobody would recognise.
  const shown = withoutLinks(opened?.shownScope ?? scope);
  const { value, bytes } = shown === scope ? input : inputFrom(shown, options, budget);
  const told = options.onInput(value, bytes);
  return told ? told.then(() => input.value) : input.value;
}

function inputFrom(scope: StepScope, { step, startedAt, limits }: AttemptOptions, budget: WorkBudget): Storable {
  const made = withBudget(budget, () => renderedAt(startedAt, () => step.runner.input(scope)));
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
function requireAsked(context: AttemptContext, { type }: PlanStep): void {
  if (context.wereHostsAsked) return;
  const detail = `A step of the type "${type}" used secrets and never asked where they may go: it has to check context.secretHosts.`;
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

// A class, and what few steps need is made when it is asked for: there is one for every step that runs.

class AttemptContext implements StepContext {
  readonly scope: StepScope;
  /** Whether the step has looked at the hosts of its secrets. */
  wereHostsAsked = false;
  readonly idempotencyKey: string;
  readonly traceId: string;
  readonly tenantId: string;
  readonly executionId: string;
  readonly attempt: number;
  readonly now: StepContext['now'];
  readonly #options: AttemptOptions;
  readonly #bound: Bound;
  readonly #hosts: StepContext['secretHosts'];
  readonly #hide: Hide | undefined;

  constructor(options: AttemptOptions, bound: Bound, opened: StepSecrets | undefined) {
    const { execution } = options;
    this.scope = opened?.scope ?? options.scope;
    this.idempotencyKey = `${execution.id}:${options.key}`;
    this.traceId = execution.traceId;
    this.tenantId = execution.tenantId;
    this.executionId = execution.id;
    this.attempt = options.number;
    this.now = options.clock.now;
    this.#options = options;
    this.#bound = bound;
    this.#hosts = opened?.hosts ?? NO_HOSTS;
    this.#hide = opened?.hide;
  }

  get secretHosts(): StepContext['secretHosts'] {
    this.wereHostsAsked = true;
    return this.#hosts;
  }

  get signal(): AbortSignal {
    return this.#bound.signal();
  }

  get logger(): Logger {
    const logger = this.#options.logger();
    return this.#hide ? hidingLogger(logger, this.#hide) : logger;
  }
}
