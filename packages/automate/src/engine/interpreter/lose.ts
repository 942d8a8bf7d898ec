import type { PlanNode } from '../graph/plan.ts';
import type { StepRecord } from '../records/execution.ts';
import { type Frame, isOfLoop, keyOf, type Loop } from './frame.ts';
import type { Moves } from './moves.ts';
import type { Run } from './run.ts';
import { blank, callOff } from './step-records.ts';

/** A step that was ready has lost a race. With all that is within it, it is stored as cancelled, and what runs of it is stopped. */
export function lose(run: Run, frame: Frame, node: PlanNode, moves: Moves): void {
  frame.open -= 1;
  const [start] = takeStarts(moves, (other) => other.frame === frame && other.node === node);
  if (start && !start.before) {
    moves.records.push({ ...blank(run, frame, node), status: 'skipped', seq: run.nextSeq() });
    return;
  }
  const key = keyOf(frame, node);
  const loop = [...run.loops.keys()].find((other) => other.frame === frame && other.node === node);
  if (loop) loseWithin(run, loop, moves);
  const record = start?.before ?? loop?.record ?? takeParked(run, key) ?? stopped(run, key);
  callOff(run, record ?? blank(run, frame, node), moves);
}

function loseWithin(run: Run, loop: Loop, moves: Moves): void {
  const isWithin = ({ frame }: { readonly frame: Frame }) => isOfLoop(frame, loop);
  const records = takeStarts(moves, isWithin).map(({ before }) => before);
  for (const [key, step] of [...run.parked]) if (isWithin(step)) records.push(takeParked(run, key));
  for (const [key, step] of [...run.working]) if (isWithin(step)) records.push(stopped(run, key));
  for (const inner of [...run.loops.keys()]) {
    if (!isWithin(inner)) continue;
    run.loops.delete(inner);
    records.push(inner.record);
  }
  run.loops.delete(loop);
  for (const record of records) if (record) callOff(run, record, moves);
}

/** Stops what runs within a loop, which then ends as cancelled. */
export function abortWithin(run: Run, loop: Loop): void {
  for (const { frame, stop } of run.working.values()) if (isOfLoop(frame, loop)) stop.abort(NOT_NEEDED);
}

const NOT_NEEDED = new Error('the step is not needed any more');

function takeParked(run: Run, key: string): StepRecord | undefined {
  const step = run.parked.get(key);
  run.parked.delete(key);
  return step?.before;
}

function stopped(run: Run, key: string): StepRecord | undefined {
  const step = run.working.get(key);
  step?.stop.abort(NOT_NEEDED);
  return step?.record();
}

/** Takes out of what is about to begin. */
function takeStarts(moves: Moves, isMeant: (start: Moves['starts'][number]) => boolean): Moves['starts'] {
  const taken = moves.starts.filter(isMeant);
  if (taken.length > 0) moves.starts.splice(0, moves.starts.length, ...moves.starts.filter((start) => !isMeant(start)));
  return taken;
}
