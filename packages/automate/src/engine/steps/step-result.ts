import type { Json, JsonObject } from '../../kernel/index.ts';
import type { AwaitedEvent } from '../events/event-wait.ts';

/** What a step comes to. */
export interface StepResult {
  readonly output: Json;
  /** The edge condition to leave by; steps that do not decide have none. */
  readonly route?: string;
  /** The step is over only then, by the clock of `StepContext.now`; until then nothing waits in memory. */
  readonly resumeAt?: Date;
  /** The step is over once this signal has come, or at `resumeAt`; `resume` makes the result of it. */
  readonly waitsFor?: string;
  /** An execution to start in the moment this result is stored. */
  readonly starts?: ChildRequest;
  /** An event that ends the waiting: `waitsFor` is the signal by which it is handed over. */
  readonly awaits?: AwaitedEvent & { readonly looksBack: boolean };
  /** An event that exists if and only if this result is stored. */
  readonly emits?: EmitRequest;
  /** Takes none of the edges. */
  readonly isStop?: boolean;
}

/** Another workflow to run. */
export interface ChildRequest {
  readonly workflow: string;
  readonly version: number | undefined;
  readonly input: JsonObject;
  /** Whether the step waits for its end. */
  readonly isAwaited: boolean;
  /** What becomes of it when the execution that starts it ends before. Default: `cancel` for one that is awaited, else `abandon`. */
  readonly onParentEnd?: 'cancel' | 'abandon';
}

/** An event to send. */
export interface EmitRequest {
  readonly eventType: string;
  readonly source: string;
  readonly payload: JsonObject;
}
