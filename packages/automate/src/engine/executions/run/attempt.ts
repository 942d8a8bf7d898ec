import type { Policies, Secrets } from '../../../governance/index.ts';
import { AppError, type Clock, errorMessage, type Json, type Logger, toStorableJson } from '../../../kernel/index.ts';
import { hideLinks, withoutLinks } from '../../approvals/approval-scope.ts';
import { WorkBudget, withBudget } from '../../budget.ts';
import type { PlanStep } from '../../graph/plan.ts';
import { openSecrets, type StepSecrets } from '../../steps/step-secrets.ts';
import { type StepContext, StepError, type StepResult, type StepScope } from '../../steps/step-type.ts';
import type { Failure, LoadedExecution } from '../execution.ts';

export interface AttemptOptions {
  readonly step: PlanStep;
  readonly execution: LoadedExecution;
  readonly scope: StepScope;
  readonly secrets: Secrets;
  readonly policies: Pick<Policies, 'requireStep'>;
  /** How many steps the graph has. */
  readonly stepCount: number;
  /** Aborts when the step has to end at once. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Node path and iteration. */
  readonly key: string;
  readonly number: number;
  readonly clock: Clock;
  logger(): Logger;
  /** Told as soon as it is known what the step works on. */
  onInput(shown: Json): void;
}

export type AttemptResult =
  | { readonly type: 'done'; readonly result: StepResult }
  | { readonly type: 'failed'; readonly error: unknown; readonly reason: Failure }
  /** Ended from outside; whatever it was about to say does not count. */
  | { readonly type: 'aborted' };

const NO_HOSTS: readonly (readonly string[])[] = [];

/** Runs a step once: opens its secrets, bounds its time, and takes the secrets out of what it leaves behind. Never throws. */
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
    hide = bothOf(opened?.hide, hide);
    const input = withBudget(budget, () => step.runner.input(opened?.scope ?? scope));
    // Rendered once more, since a filter may turn a value into something that nobody would recognise.
    const shown = withoutLinks(opened?.shownScope ?? scope);
    options.onInput(shown === scope ? input : withBudget(budget, () => step.runner.input(shown)));
    const bound = new Bound(signal, options.timeoutMs);
    try {
      const pending = withBudget(budget, () => step.runner.run(input, new AttemptContext(options, bound, opened)));
      const result = pending instanceof Promise ? await bound.race(pending) : pending;
      if (signal.aborted) return { type: 'aborted' };
      return { type: 'done', result: hide ? { ...result, output: hide(toStorableJson(result.output)) } : result };
    } finally {
      bound.end();
    }
  } catch (error) {
    if (signal.aborted) return { type: 'aborted' };
    return { type: 'failed', error, reason: reasonOf(error, hide) };
  }
}

/** Takes out what must not be stored. */
type Hide = <Value extends Json>(value: Value) => Value;

function bothOf(first: Hide | undefined, second: Hide | undefined): Hide | undefined {
  return first && second ? (value) => second(first(value)) : (first ?? second);
}

/** Why a step failed, as it is stored. */
export function reasonOf(error: unknown, hide?: Hide): Failure {
  return {
    code: AppError.is(error) ? error.code : 'step_error',
    message: hide ? hide(errorMessage(error)) : errorMessage(error),
  };
}

// Classes, and what few steps need is made when it is asked for: there is one of each for every step that runs.

class AttemptContext implements StepContext {
  readonly scope: StepScope;
  readonly secretHosts: StepContext['secretHosts'];
  readonly idempotencyKey: string;
  readonly traceId: string;
  readonly tenantId: string;
  readonly executionId: string;
  readonly attempt: number;
  readonly now: StepContext['now'];
  readonly #options: AttemptOptions;
  readonly #bound: Bound;

  constructor(options: AttemptOptions, bound: Bound, opened: StepSecrets | undefined) {
    const { execution } = options;
    this.scope = opened?.scope ?? options.scope;
    this.secretHosts = opened?.hosts ?? NO_HOSTS;
    this.idempotencyKey = `${execution.id}:${options.key}`;
    this.traceId = execution.traceId;
    this.tenantId = execution.tenantId;
    this.executionId = execution.id;
    this.attempt = options.number;
    this.now = options.clock.now;
    this.#options = options;
    this.#bound = bound;
  }

  get signal(): AbortSignal {
    return this.#bound.signal();
  }

  get logger(): Logger {
    return this.#options.logger();
  }
}

/** Ends waiting for a step when its time is over or it is to stop, whether or not it listens to its signal. */
class Bound {
  readonly #outer: AbortSignal;
  readonly #timeoutMs: number;
  #own: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stop: (() => void) | undefined;

  constructor(outer: AbortSignal, timeoutMs: number) {
    this.#outer = outer;
    this.#timeoutMs = timeoutMs;
  }

  signal(): AbortSignal {
    this.#own ??= new AbortController();
    if (this.#outer.aborted) this.#own.abort(this.#outer.reason);
    return this.#own.signal;
  }

  race<T>(pending: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#stop = () => {
        this.#own?.abort(this.#outer.reason);
        reject(this.#outer.reason);
      };
      this.#outer.addEventListener('abort', this.#stop, { once: true });
      this.#timer = setTimeout(() => {
        const detail = `The step took longer than ${this.#timeoutMs / 1_000} s.`;
        const error = new StepError({ code: 'step_timeout', detail, isRetryable: true });
        this.#own?.abort(error);
        reject(error);
      }, this.#timeoutMs);
      pending.then(resolve, reject);
    });
  }

  end(): void {
    clearTimeout(this.#timer);
    if (this.#stop) this.#outer.removeEventListener('abort', this.#stop);
  }
}
