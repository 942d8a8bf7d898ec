import type { Policies, Secrets } from '../../../governance/index.ts';
import { AppError, type Clock, errorMessage, type Json, type Logger, toStorableJson } from '../../../kernel/index.ts';
import { hideLinks, withoutLinks } from '../../approvals/approval-scope.ts';
import type { PlanStep } from '../../graph/plan.ts';
import { openSecrets, type StepSecrets } from '../../steps/step-secrets.ts';
import { StepError, type StepResult, type StepScope } from '../../steps/step-type.ts';
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
  let opened: StepSecrets | undefined;
  let hide: Hide | undefined = scope.approvals === undefined ? undefined : hideLinks;
  try {
    const asked = options.policies.requireStep(execution.tenantId, step.type, options.stepCount);
    if (asked) await asked;
    if (step.secrets.length > 0)
      opened = await openSecrets(options.secrets, { tenantId: execution.tenantId, names: step.secrets, scope });
    hide = bothOf(opened?.hide, hide);
    const input = step.runner.input(opened?.scope ?? scope);
    // Rendered once more, since a filter may turn a value into something that nobody would recognise.
    const shown = withoutLinks(opened?.shownScope ?? scope);
    options.onInput(shown === scope ? input : step.runner.input(shown));
    const timed = bounded(signal, options.timeoutMs);
    try {
      const pending = step.runner.run(input, {
        scope: opened?.scope ?? scope,
        secretHosts: opened?.hosts ?? NO_HOSTS,
        // Few steps need it, and making one costs more than the rest of this.
        get signal() {
          return timed.signal();
        },
        idempotencyKey: `${execution.id}:${options.key}`,
        traceId: execution.traceId,
        tenantId: execution.tenantId,
        executionId: execution.id,
        attempt: options.number,
        now: options.clock.now,
        get logger() {
          return options.logger();
        },
      });
      const result = pending instanceof Promise ? await timed.race(pending) : pending;
      if (signal.aborted) return { type: 'aborted' };
      return { type: 'done', result: hide ? { ...result, output: hide(toStorableJson(result.output)) } : result };
    } finally {
      timed.end();
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

/** Ends waiting for a step when its time is over or it is to stop, whether or not it listens to its signal. */
function bounded(outer: AbortSignal, timeoutMs: number) {
  let own: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  return {
    signal(): AbortSignal {
      own ??= new AbortController();
      if (outer.aborted) own.abort(outer.reason);
      return own.signal;
    },
    race<T>(pending: Promise<T>): Promise<T> {
      return new Promise((resolve, reject) => {
        stop = () => {
          own?.abort(outer.reason);
          reject(outer.reason);
        };
        outer.addEventListener('abort', stop, { once: true });
        timer = setTimeout(() => {
          const detail = `The step took longer than ${timeoutMs / 1_000} s.`;
          const error = new StepError({ code: 'step_timeout', detail, isRetryable: true });
          own?.abort(error);
          reject(error);
        }, timeoutMs);
        pending.then(resolve, reject);
      });
    },
    end(): void {
      clearTimeout(timer);
      if (stop) outer.removeEventListener('abort', stop);
    },
  };
}
