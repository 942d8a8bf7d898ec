import type { Logger } from '../../kernel/index.ts';
import type { StepHttp } from './http/step-http.ts';
import type { StepScope } from './step-scope.ts';

/** What a step has at hand while it runs. */
export interface StepContext {
  /** What templates and rules see. It holds no secrets. */
  readonly scope: StepScope;
  /** Fires when the step is to end at once: its time is over, the execution was cancelled, or the worker stops. */
  readonly signal: AbortSignal;
  /** The guarded way to other services, on behalf of this step: its tenant, time limit, policy, secrets and idempotency key. */
  readonly http: StepHttp;
  /** Where the secrets of this step may go, for what does not go by `http`. Their values stand in the input. */
  readonly secrets: StepSecretsUse;
  /** The same on every retry of this step, so that a receiver can tell a repetition. */
  readonly idempotencyKey: string;
  readonly traceId: string;
  readonly tenantId: string;
  readonly executionId: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Whether it undoes another step: whatever is no success is a failure then. */
  readonly isUndoing: boolean;
  /** What time it is by the clock of the database, which says when a step that waits is due. */
  now(): Date;
  readonly logger: Logger;
}

/** The secrets that the configuration of a step names. No other can be asked for: what is named is known when a graph is saved. */
export interface StepSecretsUse {
  readonly names: readonly string[];
  /**
   * Has to be called with each address before a value leaves by another way than `context.http`, redirects included.
   * @param url with scheme and host, such as `smtps://mail.example.com:465`
   * @throws StepError `secret_host_refused` unless all secrets of the step may be sent there
   */
  requireHost(url: string | URL): void;
  /**
   * Hands on a text that was made of a secret, such as a signature, and has it taken out of what the step leaves behind, as the value itself is.
   * @throws Error when more was made of secrets than can be looked for
   */
  derived(text: string): string;
}
