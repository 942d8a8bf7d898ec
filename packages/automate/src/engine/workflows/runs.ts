import type { Queryable } from '../../db/index.ts';
import type { Json, JsonObject } from '../../kernel/index.ts';
import type { Actor } from '../actor.ts';
import type { RunConflict } from './run-conflicts.ts';
import type { WorkflowRow } from './workflow.store.ts';

export interface RunRequest {
  readonly input: JsonObject;
  /** Default: the published one. */
  readonly version?: number | undefined;
  /** The workflow runs once for each; a later run is the one of then. */
  readonly idempotencyKey?: string | undefined;
  /** What the client calls the execution; of a workflow, one at a time has a key. */
  readonly executionKey?: string | undefined;
  /** Default `reject`. */
  readonly onConflict?: RunConflict | undefined;
  readonly traceId: string;
}

export interface SignalWithStart extends Pick<RunRequest, 'input' | 'version' | 'traceId'> {
  readonly executionKey: string;
  readonly signal: { readonly name: string; readonly data: Json };
}

export interface StartedRun {
  readonly execution_id: string;
  readonly workflow_version: number;
  /** `duplicate`: the execution that has the idempotency key. `existing`: the one that has the execution key. */
  readonly status: 'started' | 'duplicate' | 'existing';
}

/** Of which workflow, and for whom. */
export interface RunTarget {
  readonly actor: Actor;
  readonly workflow: WorkflowRow;
}

/** Starts executions by hand, in the caller's transaction. */
export interface WorkflowRuns {
  /** Starts an execution, unless one that has its key stands for it. */
  run(transaction: Queryable, request: RunRequest & RunTarget): Promise<StartedRun>;
  /** Signals the open execution that has a key; where there is none, it is started first. Both or nothing. */
  signalWithStart(
    transaction: Queryable,
    request: SignalWithStart & RunTarget,
  ): Promise<StartedRun & { readonly signal_id: string }>;
}
