import type { Json, JsonObject } from '../../kernel/index.ts';
import type { StepContext } from './step-context.ts';
import type { StepResult } from './step-result.ts';
import type { StepScope } from './step-scope.ts';

/** A node's configuration, parsed and compiled once a version. */
export interface StepRunner {
  /**
   * What the step works on, stored and shown as its input: rendered settings, or a rule with the values it reads.
   * @param secrets by name, for the fields that take some
   */
  input(scope: StepScope, secrets?: Readonly<Record<string, string>>): unknown;
  run(input: Json, context: StepContext): StepResult | Promise<StepResult>;
  /** What becomes of a step that waited for a signal: `data` came, or, undefined, its time is over. */
  resume?(input: Json, data: Json | undefined): StepResult;
  /** Routes that take only the edges named like them, and fail the step where there is none; the others take plain edges too. */
  readonly exclusiveRoutes?: readonly string[];
  /**
   * Whether it ends at once, with nothing but its output: run again after a crash it would do no harm, so its successors need not
   * wait until it is stored, unless they have effects themselves.
   */
  readonly isPure?: boolean;
  /** Whether a person decides it: templates of every step can name the link, `approvals.<node id>.url`. */
  readonly isApproval?: boolean;
  /** Set for steps that run a graph of their own again and again. */
  readonly loop?: LoopRunner;
}

/** How a step repeats its body. `index` counts from 0. */
export interface LoopRunner {
  /** Iterations in flight at once. */
  readonly concurrency: number;
  /** Whether a failed iteration fails the loop; else its error is its result. */
  readonly isStrict: boolean;
  /** Whether all results are kept until the end, in order; else only the last one is. */
  readonly keepsResults: boolean;
  /** Whether there is an iteration of this index. @throws StepError when there must be no more */
  hasNext(input: Json, index: number, scope: StepScope): boolean;
  /** What the steps of an iteration see besides. @param results of the iterations that have ended, where they are kept; not to be kept itself */
  variables(input: Json, index: number, previous: Json, results: readonly Json[]): JsonObject;
  /** @param count how many iterations there were */
  output(results: readonly Json[], count: number, input: Json): Json;
}
