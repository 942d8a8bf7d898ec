import type { PlanNode } from '../graph/plan.ts';
import type { GrowingScope, StepRecord } from '../records/execution.ts';
import type { Frame } from './frame.ts';
import { isStable } from './stable.ts';

/** How it is made sure that every try of a step works on the same input, byte for byte. */
export interface Frozen {
  /** What the templates see. */
  readonly scope: GrowingScope;
  /** The input of an earlier try. Null when this is the first, or when it holds what is not stored and is made again. */
  readonly input: StepRecord['input'];
  /** Stored with the step, for the next try. */
  readonly seen: string | null;
  /** Whether the input is stored before the step acts. */
  readonly isStoredFirst: boolean;
}

/**
 * What is made again from the same scope, at the same time, is the same. Where that is not certain, the input is stored before
 * the step acts; and where it holds secrets or links, which are not stored, the ids of the steps whose outputs it saw.
 */
export function freeze(frame: Frame, node: PlanNode, before: StepRecord | undefined): Frozen {
  const { scope } = frame;
  const isHidden = node.secrets.length > 0 || scope.approvals !== undefined;
  if (before && before.input !== null) {
    const then = before.seen === null ? scope : { ...scope, steps: only(scope.steps, JSON.parse(before.seen) as string[]) };
    return { scope: then, input: isHidden ? null : before.input, seen: before.seen, isStoredFirst: false };
  }
  const isStoredFirst = !node.runner.isPure && !isStable(frame, node);
  const seen = isStoredFirst && isHidden ? JSON.stringify(Object.keys(scope.steps)) : null;
  return { scope, input: null, seen, isStoredFirst };
}

function only(steps: GrowingScope['steps'], ids: readonly string[]): GrowingScope['steps'] {
  return Object.fromEntries(ids.flatMap((id) => (steps[id] ? [[id, steps[id]]] : [])));
}
