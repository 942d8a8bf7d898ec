import type { PlanNode } from '../graph/plan.ts';
import type { StepRecord } from '../records/execution.ts';
import { continueLoop } from './follow.ts';
import { newLoop } from './frame.ts';
import { limitOf } from './limit.ts';
import { type Moves, noMoves, type Parked, type Tried } from './moves.ts';
import { bodiesOf, restoreLoop } from './restore.ts';
import type { Run } from './run.ts';

/** Begins a loop with what it goes over, which is stored before anything of it runs. */
export function beginLoop(run: Run, { frame, node, record }: Tried): Moves {
  const begun: StepRecord = { ...record, status: 'running', resumeAt: limitOf(run, node), seq: run.nextSeq() };
  const moves = noMoves();
  moves.records.push(begun);
  const loop = newLoop(frame, node, begun);
  run.enterLoop(loop, []);
  continueLoop(run, loop, moves);
  return moves;
}

/** Whether a loop that had begun is to be tried again; one whose input could not be made begins anew. */
export function isLoopAgain(node: PlanNode, before: StepRecord): boolean {
  return before.status === 'retrying' && before.input !== null && node.runner.loop !== undefined;
}

/** A loop that is tried again: it goes over the same. */
export function begunAgain(run: Run, { node, before }: Parked): StepRecord {
  const attempts = before.attempts + 1;
  return { ...before, status: 'running', attempts, error: null, resumeAt: limitOf(run, node), seq: run.nextSeq() };
}

/** What has succeeded of it keeps its outcome. @param stored all that is stored of the execution */
export function continueAgain(run: Run, { frame, node, record }: Tried, stored: readonly StepRecord[]): Moves {
  const bodies = bodiesOf(run, stored);
  const moves = noMoves();
  frame.open -= 1; // taking it up counts it
  restoreLoop(run, { frame, node, record, bodies }, moves);
  return moves;
}
