import type { StepEventWait } from '../events/event-wait.ts';
import type { PlanNode } from '../graph/plan.ts';
import type { EmittedEvent } from '../journal/emitter.ts';
import type { ForgottenItems, TakenSignal } from '../journal/journal.ts';
import type { StartedExecution } from '../journal/start.ts';
import type { StepRecord } from '../records/execution.ts';
import type { Frame } from './frame.ts';

/** Where a step stands in its graph. */
export interface Place {
  readonly frame: Frame;
  readonly node: PlanNode;
}

/** A step to begin, with what is stored of it. */
export interface Start extends Place {
  readonly before?: StepRecord | undefined;
}

/** A step that waits for a time, a signal, or whichever comes first. */
export interface Parked extends Start {
  readonly before: StepRecord;
}

/** A step that was tried, as far as it is known by then. */
export interface Tried extends Place {
  readonly record: StepRecord;
}

/** What follows from something that happened: all of it is stored at once, then the steps begin. */
export interface Moves {
  readonly records: StepRecord[];
  readonly starts: Start[];
  readonly taken: TakenSignal[];
  readonly children: StartedExecution[];
  /** Events that steps wait for from now on. */
  eventWaits?: StepEventWait[];
  /** Events that steps have sent. */
  emitted?: EmittedEvent[];
  /** Steps whose executions nobody waits for any more. */
  closes?: string[];
  /** What is to be tried again. */
  forgets?: ForgottenItems[];
}

export const noMoves = (): Moves => ({ records: [], starts: [], taken: [], children: [] });

/** Whether it may wait for the next write: nothing but outcomes of steps, and all that follows is without effect outside. */
export function canWait({ starts, records, taken, children, eventWaits, emitted, closes, forgets }: Moves): boolean {
  if (starts.length === 0 || records.length === 0 || taken.length > 0 || children.length > 0) return false;
  if (eventWaits || emitted || closes || forgets) return false;
  return starts.every(({ node, before }) => node.runner.isPure && !before && node.secrets.length === 0);
}
