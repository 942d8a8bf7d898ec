import type { z } from 'zod';
import { AppError, type InputIssue, type Json, type JsonObject, type Logger } from '../../kernel/index.ts';
import type { AwaitedEvent } from '../events/event-wait.ts';

/** What templates and rules of a step can see. */
export interface StepScope {
  readonly [name: string]: Json;
  readonly event: JsonObject;
  /** Output of every step that has finished, by node id; of one that failed and was passed over, its error beside it. */
  readonly steps: Readonly<Record<string, { readonly output: Json; readonly error?: JsonObject }>>;
  readonly execution: { readonly id: string; readonly trace_id: string };
}

export interface StepContext {
  readonly scope: StepScope;
  /** Fires when the step is to end at once: its time is over, the execution was cancelled, or the worker stops. */
  readonly signal: AbortSignal;
  /** The same on every retry of this step, so that a receiver can tell a repetition. */
  readonly idempotencyKey: string;
  readonly traceId: string;
  readonly tenantId: string;
  readonly executionId: string;
  /**
   * Hosts that the secrets of this step may be sent to, a list for each secret; empty when it uses none. A value goes only where
   * every list allows it, and a list without hosts allows nothing. A step that uses secrets and does not ask fails.
   */
  readonly secretHosts: readonly (readonly string[])[];
  /** 1 for the first try. */
  readonly attempt: number;
  /** What time it is by the clock of the database, which says when a step that waits is due. */
  now(): Date;
  readonly logger: Logger;
}

export interface StepResult {
  readonly output: Json;
  /** The edge condition to leave by; steps that do not decide have none. */
  readonly route?: string;
  /** The step is over only then, by the clock of `StepContext.now`; until then nothing waits in memory. */
  readonly resumeAt?: Date;
  /** The step is over once this signal has come, or at `resumeAt`; `StepRunner.resume` makes the result of it. */
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

/** A node's configuration, parsed and compiled once a version. */
export interface StepRunner {
  /** What the step works on, stored and shown as its input: rendered settings, or a rule with the values it reads. */
  input(scope: StepScope): Json;
  run(input: Json, context: StepContext): StepResult | Promise<StepResult>;
  /** What becomes of a step that waited for a signal: `data` came, or, undefined, its time is over. */
  resume?(input: Json, data: Json | undefined): StepResult;
  /** Routes that take only the edges named like them, and fail the step where there is none; the others take plain edges too. */
  readonly exclusiveRoutes?: readonly string[];
  /**
   * Whether it ends at once, with nothing but its output: run again after a crash it would do no harm, so its successors need not
   * wait until it is stored, unless they have effects themselves.
   */
  readonly isPure?: boolean;
  /** Whether a person decides it: templates of every step can name the link, `approvals.<node id>.url`. */
  readonly isApproval?: boolean;
  /** Set for steps that run a graph of their own again and again. */
  readonly loop?: LoopRunner;
}

/** How a step repeats its body. `index` counts from 0. */
export interface LoopRunner {
  /** Iterations in hand at once. */
  readonly concurrency: number;
  /** Whether a failed iteration fails the loop; else its error is its result. */
  readonly isStrict: boolean;
  /** Whether all results are kept until the end, in order; else only the last one is. */
  readonly keepsResults: boolean;
  /** Whether there is an iteration of this index. @throws StepError when there must be no more */
  hasNext(input: Json, index: number, scope: StepScope): boolean;
  /** What the steps of an iteration see besides. */
  variables(input: Json, index: number, previous: Json): JsonObject;
  /** @param count how many iterations there were */
  output(results: readonly Json[], count: number): Json;
}

/** What a step is compiled for. */
export interface StepUse {
  /** To undo another one: whatever is no success is a failure then. */
  readonly isUndoing: boolean;
}

/** A kind of step. New ones are added to `steps/registry.ts` or passed to `createAutomate({ steps })`. */
export interface StepType<Config = unknown> {
  /** For example `http.request`. */
  readonly type: string;
  readonly description: string;
  readonly config: z.ZodType<Config>;
  /** Whether it does nothing outside of the execution, so that a dry run runs it too. */
  readonly isHarmless?: boolean;
  /**
   * How `input` is made, so that every try of a step works on the same: `rendered` by the templates and rules of the configuration
   * alone; `computed` by code that makes the same of the same scope (default); `unique`, another one each time, as with a random
   * number or the time. What might come out differently after a crash is stored before the step acts, which costs a write.
   */
  readonly inputKind?: 'rendered' | 'computed' | 'unique';
  /** Top-level fields of the configuration that hold JSONLogic. */
  readonly ruleFields?: readonly string[];
  /**
   * Top-level fields of the configuration whose texts may name secrets, for what sends them to the hosts they belong to; without
   * them the step gets none. Whoever declares some owes three things: each address, those of redirects too, is allowed by every
   * list of {@link StepContext.secretHosts} before a value leaves; nothing is decided by a value; and templates that hold one are
   * rendered in `input` alone. Rules never see secrets, so there must be no `ruleFields` beside.
   */
  readonly secretFields?: readonly string[];
  /** The field of the configuration that holds a graph. */
  readonly bodyField?: string;
  /** Whether that graph runs once and not again and again. */
  readonly isBodyOnce?: boolean;
  /** Every route the step can leave by, when it decides; edges may name no other but `error`. */
  routes?(config: Config): readonly string[];
  /** @throws AppError `invalid_input` with pointers into the configuration */
  compile(config: Config, use?: StepUse): StepRunner;
  /** What can only be found out elsewhere, asked once, when a graph is saved; issues with pointers into the configuration. */
  check?(config: Config): Promise<readonly InputIssue[]>;
}

/** A step's own failure. Retryable ones are tried again with backoff; others end the execution at once. */
export class StepError extends AppError {
  readonly isRetryable: boolean;
  /** How long to wait at least before the next try, as the other side wishes. */
  readonly retryAfterMs: number | undefined;

  constructor(options: {
    code: string;
    detail: string;
    isRetryable: boolean;
    cause?: unknown;
    retryAfterMs?: number | undefined;
  }) {
    super({ status: 500, code: options.code, title: 'Step failed', detail: options.detail, cause: options.cause });
    this.isRetryable = options.isRetryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Declares a step type with its configuration inferred. */
export function defineStep<Config>(step: StepType<Config>): StepType<Config> {
  return Object.freeze(step);
}
