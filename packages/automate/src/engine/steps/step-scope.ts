import type { Json, JsonObject } from '../../kernel/index.ts';

/** What templates and rules of a step can see. */
export interface StepScope {
  readonly [name: string]: Json;
  readonly event: JsonObject;
  /** Output of every step that has finished, by node id; of one that failed and was passed over, its error beside it. */
  readonly steps: Readonly<Record<string, { readonly output: Json; readonly error?: JsonObject }>>;
  readonly execution: { readonly id: string; readonly trace_id: string };
}
