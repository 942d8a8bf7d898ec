import type { z } from 'zod';
import type { Json, JsonObject } from '../../kernel/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import type { StoredArtifact } from '../artifacts/artifact.store.ts';
import type { Artifacts } from '../artifacts/artifacts.ts';
import type { CallServices } from '../calls/call-services.ts';
import type { Caller } from '../calls/caller.ts';
import type { ModelCalls } from '../calls/model-calls.ts';
import type { StoredEndpoint } from '../endpoints/endpoint.store.ts';
import type { Task } from '../tasks.ts';
import type { Usage } from '../usage/usage.ts';

/** What tasks are done with. */
export interface TaskServices {
  readonly calls: CallServices;
  readonly modelCalls: ModelCalls;
  readonly artifacts: Artifacts;
  readonly outbound: Outbound;
}

/** Told while a task is done. */
export interface TaskWatcher {
  /** Words of a model, as they come. */
  token?(text: string): void | Promise<void>;
  progress?(progress: JsonObject): void | Promise<void>;
  artifact?(artifact: StoredArtifact): void | Promise<void>;
}

/** One piece of work, for whoever asked. */
export interface TaskContext {
  readonly services: TaskServices;
  readonly caller: Caller;
  readonly endpoint: StoredEndpoint;
  readonly signal: AbortSignal;
  readonly watch: TaskWatcher;
  /** Keeps what was made. */
  keep(file: MadeFile): Promise<StoredArtifact>;
}

/** What a model made, or what was fetched. */
export interface MadeFile {
  readonly name: string;
  readonly contentType?: string | undefined;
  readonly source: Parameters<Artifacts['put']>[0]['source'];
  readonly expectedBytes?: number | undefined;
  readonly callId?: string | undefined;
}

export interface TaskOutcome {
  readonly outputs: { readonly [name: string]: Json };
  readonly usage: Usage;
  /** Billionths of a dollar; null where no price is known. */
  readonly costNanos: number | null;
  readonly callIds: readonly string[];
}

/** How one type of task is done. */
export interface TaskType<Input extends z.ZodType = z.ZodType, Params extends z.ZodType = z.ZodType> {
  readonly task: Task;
  readonly summary: string;
  readonly input: Input;
  readonly params: Params;
  run(context: TaskContext, asked: { readonly input: z.output<Input>; readonly params: z.output<Params> }): Promise<TaskOutcome>;
}

/** Infers the types of a task's input and params. */
export function defineTask<Input extends z.ZodType, Params extends z.ZodType>(type: TaskType<Input, Params>): TaskType {
  return type as unknown as TaskType;
}
