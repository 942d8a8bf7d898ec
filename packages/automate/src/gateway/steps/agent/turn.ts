import type { JsonObject } from '../../../kernel/index.ts';
import type { WireUsage } from '../../usage/usage.ts';

/** A call of a tool, as the model asked for it. */
export type ToolCall = JsonObject & {
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonObject;
  /** The node that begins the call; `invalid` when there is something wrong with it. */
  readonly route: string;
  /** What is wrong with it. */
  readonly problem: string | null;
};

/** What the model is told about a call. */
export type ToolResult = JsonObject & {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly is_error: boolean;
};

/** Of all turns until now. */
export type Totals = JsonObject & {
  readonly usage: JsonObject & WireUsage;
  /** Null as soon as the price of one turn is not known. */
  readonly cost_nanos: number | null;
  readonly tool_calls: number;
  /** Calls of no known tool, or with wrong arguments. */
  readonly invalid_calls: number;
  /** Other calls that came to an error. */
  readonly failed_calls: number;
};

/** What the model has said, as it is stored. */
export type Answer = JsonObject & {
  /** Parts of the assistant's message in the form of the AI SDK. */
  readonly content: readonly JsonObject[];
  readonly text: string;
  readonly finish_reason: string;
  readonly usage: JsonObject & WireUsage;
  readonly cost_nanos: number | null;
  readonly call_id: string;
  readonly provider: string;
};

/** One turn that is over: an answer, and what came of the calls in it. */
export type Turn = JsonObject & {
  readonly content: readonly JsonObject[];
  readonly text: string;
  readonly finish_reason: string;
  readonly results: readonly ToolResult[];
  /** Whether the model could call no tool any more. */
  readonly is_last: boolean;
  readonly totals: Totals;
};

/** What the steps of a turn see as `agent`. */
export type AgentScope = JsonObject & {
  readonly model: string;
  readonly system: string | null;
  readonly prompt: string;
  /** From 0. */
  readonly turn: number;
  readonly is_last: boolean;
  readonly turns: readonly Turn[];
};
