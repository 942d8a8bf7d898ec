import type { Json, JsonObject } from '../../kernel/index.ts';
import type { StepScope } from '../steps/step-scope.ts';
import type { StepStatus } from './status.ts';

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
  /** The execution that waits for this one. */
  readonly parentId: string | null;
  /** How it is to end, once what runs is stopped and what has to be undone is undone. */
  readonly ending: Ending | undefined;
  /** Why it fails, if it does. */
  readonly error: Failure | null;
  readonly startedAt: Date;
  /** Executions that stand between the event that started it and the outside. */
  readonly hops: number;
  /** Whether it is there for another one that has failed. */
  readonly isErrorWorkflow: boolean;
  /** How many executions stand above this one. */
  readonly depth: number;
  /** The execution at the top of these, or itself. */
  readonly rootId: string;
  /** Position of its status among its changes. */
  readonly statusSeq: number;
}

export type Ending = 'failed' | 'cancelled';

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
  /** About how many bytes input and output take. */
  readonly bytes: number;
  /** Ids of the steps whose outputs its first try saw, as JSON, where its input is made again for each try. */
  readonly seen: string | null;
  readonly error: Failure | null;
  readonly attempts: number;
  readonly resumeAt: Date | null;
  /** Name of the signal it waits for. */
  readonly waitsFor: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What was sent to an execution while it runs. */
export interface Signal {
  readonly id: string;
  readonly executionId: string;
  readonly name: string;
  readonly data: Json;
}

/** What templates and rules see, and the interpreter adds to. */
export type GrowingScope = StepScope & { readonly steps: Record<string, { output: Json; error?: JsonObject }> };

/** The data that templates and rules see. */
export function createScope(execution: LoadedExecution): GrowingScope {
  return { event: execution.event, steps: {}, execution: { id: execution.id, trace_id: execution.traceId } };
}
