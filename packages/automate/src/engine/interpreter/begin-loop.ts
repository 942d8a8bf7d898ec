import type { PlanNode } from '../graph/plan.ts';
import type { StepRecord } from '../records/execution.ts';
import { apply } from './apply.ts';
import { abandon, continueLoop } from './follow.ts';
import { type Frame, newLoop } from './frame.ts';
import { limitOf } from './limit.ts';
import { bodiesOf, restoreLoop } from './restore.ts';
import { isLost, isStopping, noMoves, type Parked, type Run } from './run.ts';
import { watch } from './waiting.ts';

/** Begins a loop with what it goes over. */
export async function beginLoop(run: Run, frame: Frame, node: PlanNode, record: StepRecord): Promise<void> {
  // What it goes over is stored before anything of it runs.
  const begun: StepRecord = { ...record, status: 'running', resumeAt: limitOf(run, node), seq: ++run.seq };
  const moves = noMoves();
  moves.records.push(begun);
  const loop = newLoop(frame, node, begun);
  run.loops.set(loop, []);
  if (begun.resumeAt) watch(run);
  continueLoop(run, loop, moves);
  await apply(run, moves, 1);
}

/** Whether a loop that had begun is to be tried again; one whose input could not be made begins anew. */
export function isLoopAgain(node: PlanNode, before: StepRecord): boolean {
  return before.status === 'retrying' && before.input !== null && node.runner.loop !== undefined;
}

/** Tries a loop again: it goes over the same, and what has succeeded of it keeps its outcome. */
export async function tryLoopAgain(run: Run, { frame, node, before }: Parked): Promise<void> {
  if (run.options.context.isDraining()) {
    run.isHeldBack = true;
    return apply(run, noMoves(), 1);
  }
  const { journal, job } = run.options;
  const attempts = before.attempts + 1;
  const begun: StepRecord = {
    ...before,
    status: 'running',
    attempts,
    error: null,
    resumeAt: limitOf(run, node),
    seq: ++run.seq,
  };
  const moves = noMoves();
  try {
    // Stored first, so that all of the try before is on the disk when it is read.
    if (!(await journal.append({ lease: job.lease, isRecovery: job.attempts > 1, steps: [begun] }))) return run.end();
    const bodies = bodiesOf(run, await run.options.history());
    if (run.isOver) return;
    if (isLost(run, frame, node)) return await apply(run, noMoves(), 1);
    if (isStopping(run, frame)) return await apply(run, abandon(run, frame, node, begun), 1);
    frame.open -= 1; // taking it up counts it
    restoreLoop(run, { frame, node, record: begun, bodies }, moves);
  } catch (error) {
    return run.end(error);
  }
  if (begun.resumeAt) watch(run);
  await apply(run, moves, 1);
}
