import type { Json } from '../../kernel/index.ts';
import type { Failure } from '../records/execution.ts';

/** The execution that something happened in. */
export interface HookExecution {
  readonly executionId: string;
  readonly tenantId: string;
  readonly workflow: { readonly id: string; readonly slug: string; readonly version: number };
  readonly traceId: string;
  readonly eventId: string;
}

export interface HookTimes {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly durationMs: number;
}

export interface HookStep {
  /** Path of the node: its id, behind those of the loops around it. */
  readonly node: string;
  readonly iteration: number;
  readonly type: string;
  /** How often it was tried, the try that begins included. */
  readonly attempts: number;
}

/** What listeners are called with. Outputs and errors are redacted. */
export interface HookPayloads {
  readonly workflow_started: HookExecution & { readonly startedAt: Date };
  readonly workflow_completed: HookExecution & HookTimes & { readonly output: Json };
  readonly workflow_failed: HookExecution & HookTimes & { readonly error: Failure | null };
  readonly workflow_cancelled: HookExecution & HookTimes;
  /** Before its first try. */
  readonly step_started: HookExecution & { readonly step: HookStep; readonly startedAt: Date };
  readonly step_completed: HookExecution & HookTimes & { readonly step: HookStep; readonly output: Json };
  /** `isHandled`: the execution goes on, by an error edge or since the node says so. */
  readonly step_failed: HookExecution &
    HookTimes & { readonly step: HookStep; readonly error: Failure | null; readonly isHandled: boolean };
  readonly event_received: {
    readonly eventId: string;
    readonly tenantId: string;
    readonly type: string;
    readonly source: string;
    readonly traceId: string;
  };
}

export type HookName = keyof HookPayloads;
export type HookListeners = { readonly [Name in HookName]: (payload: HookPayloads[Name]) => void | Promise<void> };
