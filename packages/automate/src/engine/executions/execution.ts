import type { Json, JsonObject } from '../../kernel/index.ts';
import type { StepScope } from '../steps/step-type.ts';

export type ExecutionStatus = 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';
export type StepStatus = 'running' | 'waiting' | 'retrying' | 'succeeded' | 'failed' | 'skipped' | 'cancelled';

/** Why an execution or a step failed, as stored and shown. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** The node that failed, in an execution's failure. */
  readonly node?: string;
}

/** What a worker needs of an execution to go on with it. */
export interface LoadedExecution {
  readonly id: string;
  readonly tenantId: string;
  readonly versionId: string;
  readonly traceId: string;
  readonly event: JsonObject;
}

/** One node of one execution: what went in, what came out, and how far it is. */
export interface StepRecord {
  readonly executionId: string;
  readonly tenantId: string;
  readonly nodePath: string;
  readonly iteration: number;
  /** Position among the changes of this execution. */
  readonly seq: number;
  readonly nodeType: string;
  readonly status: StepStatus;
  readonly route: string | null;
  readonly input: Json;
  readonly output: Json;
  readonly error: Failure | null;
  readonly attempts: number;
  readonly resumeAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** The data that templates and rules see. */
export function createScope(execution: LoadedExecution): StepScope & { steps: Record<string, { output: Json }> } {
  return { event: execution.event, steps: {}, execution: { id: execution.id, trace_id: execution.traceId } };
}
