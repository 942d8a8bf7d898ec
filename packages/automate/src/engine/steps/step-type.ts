import type { z } from 'zod';
import { AppError, type Json, type JsonObject, type Logger } from '../../kernel/index.ts';

/** What templates and rules of a step can see. */
export interface StepScope {
  readonly [name: string]: Json;
  readonly event: JsonObject;
  /** Output of every step that has finished, by node id. */
  readonly steps: Readonly<Record<string, { readonly output: Json }>>;
  readonly execution: { readonly id: string; readonly trace_id: string };
}

export interface StepContext {
  readonly scope: StepScope;
  /** Fires when the worker stops or loses the job: end at once. */
  readonly signal: AbortSignal;
  /** The same on every retry of this step, so that a receiver can tell a repetition. */
  readonly idempotencyKey: string;
  readonly traceId: string;
  readonly tenantId: string;
  /** Hosts that the secrets of this step may be sent to, a list for each secret; empty when it uses none. */
  readonly secretHosts: readonly (readonly string[])[];
  /** 1 for the first try. */
  readonly attempt: number;
  readonly logger: Logger;
}

export interface StepResult {
  readonly output: Json;
  /** The edge condition to leave by; steps that do not decide have none. */
  readonly route?: string;
  /** The step is over only then; until then nothing waits in memory. */
  readonly resumeAt?: Date;
}

/** A node's configuration, parsed and compiled once a version. */
export interface StepRunner {
  /** What the step works on, stored and shown as its input: rendered settings, or a rule with the values it reads. */
  input(scope: StepScope): Json;
  run(input: Json, context: StepContext): StepResult | Promise<StepResult>;
}

/** A kind of step. New ones are added to `steps/registry.ts` or passed to `createAutomate({ steps })`. */
export interface StepType<Config = unknown> {
  /** For example `http.request`. */
  readonly type: string;
  readonly description: string;
  readonly config: z.ZodType<Config>;
  /** Top-level fields of the configuration that hold JSONLogic. */
  readonly ruleFields?: readonly string[];
  /** Every route the step can leave by, when it decides; edges may name no other. */
  routes?(config: Config): readonly string[];
  /** @throws AppError `invalid_input` with pointers into the configuration */
  compile(config: Config): StepRunner;
}

/** A step's own failure. Retryable ones are tried again with backoff; others end the execution at once. */
export class StepError extends AppError {
  readonly isRetryable: boolean;

  constructor(options: { code: string; detail: string; isRetryable: boolean; cause?: unknown }) {
    super({ status: 500, code: options.code, title: 'Step failed', detail: options.detail, cause: options.cause });
    this.isRetryable = options.isRetryable;
  }
}

/** Declares a step type with its configuration inferred. */
export function defineStep<Config>(step: StepType<Config>): StepType<Config> {
  return Object.freeze(step);
}
