import type { Secrets } from '../../governance/index.ts';
import type { Clock, Json, Logger } from '../../kernel/index.ts';
import type { PlanStep } from '../graph/compile-step.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Failure, LoadedExecution } from '../records/execution.ts';
import type { StepEffects } from '../steps/step-effects.ts';
import type { StepResult } from '../steps/step-result.ts';
import type { StepScope } from '../steps/step-scope.ts';
import type { StepLimits } from './limits.ts';

/** What it takes to try a step once. */
export interface AttemptOptions {
  readonly step: PlanStep;
  readonly execution: LoadedExecution;
  readonly scope: StepScope;
  readonly secrets: Secrets;
  readonly policies: Pick<ExecutionPolicy, 'requireStep'>;
  readonly effects: StepEffects;
  readonly limits: StepLimits;
  /** How many steps the graph has. */
  readonly stepCount: number;
  /** Aborts when the step has to end at once. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Path of the node. */
  readonly path: string;
  /** Node path and iteration. */
  readonly key: string;
  readonly number: number;
  /** When it was first tried: what is `now` in its input. */
  readonly startedAt: Date;
  /** What an earlier try worked on, so that this one works on the same; null when there is none, or none that may be stored. */
  readonly frozen: Json;
  readonly clock: Clock;
  logger(): Logger;
  /** Called as soon as it is known what the step works on, and waited for before it acts. @throws StepError when there is no room */
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
