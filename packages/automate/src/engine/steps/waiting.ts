import type { StepContext } from './step-context.ts';
import { StepError } from './step-error.ts';
import type { StepResult } from './step-result.ts';

/** What a signal may be called. */
export const SIGNAL_NAME = /^[\w.:-]{1,200}$/;

/** Names that the product itself uses. */
export function isReservedSignal(name: string): boolean {
  return /^(child|approval|event):/.test(name);
}

/** The signal that a decision is. @param key node path and iteration of the step */
export function approvalSignal(key: string): string {
  return `approval:${key}`;
}

/** Node path and iteration of the step that runs. */
export function stepKeyOf({ idempotencyKey, executionId }: Pick<StepContext, 'idempotencyKey' | 'executionId'>): string {
  return idempotencyKey.slice(executionId.length + 1);
}

/** When a step gives up waiting. */
export function timeoutAt(seconds: number | undefined, { now }: Pick<StepContext, 'now'>): Pick<StepResult, 'resumeAt'> {
  return seconds === undefined ? {} : { resumeAt: new Date(now().getTime() + seconds * 1_000) };
}

/** Taken alone, not together with edges without condition: who was not heard of has not agreed. */
export const TIMEOUT_ROUTE = 'timeout';

/** What a step that waited in vain comes to: whoever wants to go on draws an edge for it. */
export function waitedInVain(): StepResult {
  return { output: { timed_out: true }, route: TIMEOUT_ROUTE };
}

export function invalidSignalName(name: unknown): StepError {
  const detail = `"name" came out as ${JSON.stringify(name)}: use up to 200 letters, digits, "_", ".", ":" or "-", not starting with "child:", "approval:" or "event:"`;
  return new StepError({ code: 'invalid_signal_name', detail, isRetryable: false });
}
