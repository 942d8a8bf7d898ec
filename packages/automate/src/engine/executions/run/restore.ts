import type { PlanNode } from '../../graph/plan.ts';
import type { Failure, StepRecord } from '../execution.ts';
import { closeFrame, continueLoop, starve } from './follow.ts';
import { bodyPrefix, type Frame, failedStep, iterationFrame, newLoop } from './frame.ts';
import { endOf } from './routes.ts';
import { blank, type Moves, noMoves, type Run } from './run.ts';

/** Stored steps by the prefix of their paths, then by iteration, then by node id. */
type Bodies = ReadonlyMap<string, ReadonlyMap<number, ReadonlyMap<string, StepRecord>>>;

/** Takes up where the stored steps end; returns what follows from that. */
export function restore(run: Run, stored: readonly StepRecord[]): Moves {
  const bodies = new Map<string, Map<number, Map<string, StepRecord>>>();
  for (const record of stored) {
    run.seq = Math.max(run.seq, record.seq);
    const prefix = record.nodePath.slice(0, record.nodePath.lastIndexOf('/') + 1);
    const iterations = bodies.get(prefix) ?? new Map<number, Map<string, StepRecord>>();
    const steps = iterations.get(record.iteration) ?? new Map<string, StepRecord>();
    bodies.set(prefix, iterations.set(record.iteration, steps.set(record.nodePath.slice(prefix.length), record)));
  }
  const moves = noMoves();
  restoreFrame(run, run.root, bodies.get('')?.get(0) ?? new Map(), bodies, moves);
  return moves;
}

function restoreFrame(run: Run, frame: Frame, records: ReadonlyMap<string, StepRecord>, bodies: Bodies, moves: Moves): void {
  const queue = frame.plan.starts.map((id) => frame.plan.nodes.get(id) as PlanNode);
  const starving: PlanNode[] = [];
  for (let node = queue.shift(); node; node = queue.shift()) {
    const step = records.get(node.id);
    const isEnded = step?.status === 'succeeded' || (step?.status === 'failed' && step.route !== null);
    if (step && isEnded) {
      frame.scope.steps[node.id] = step.status === 'failed' ? failedStep(step.error as Failure) : { output: step.output };
      const { ready, skipped, starved } = frame.progress.finish(node.id, endOf(step));
      // A replay has none of those that were not run.
      for (const skip of skipped)
        if (!records.has(skip.id)) moves.records.push({ ...blank(run, frame, skip), status: 'skipped', seq: ++run.seq });
      for (const join of starved) (records.has(join.id) ? queue : starving).push(join);
      queue.push(...ready);
    } else if (step?.status === 'failed') {
      frame.failure ??= { code: 'step_failed', message: 'The step failed.', ...step.error, node: step.nodePath };
    } else if (step?.status === 'running' && node.runner.loop && node.body) {
      frame.open += 1;
      restoreLoop(run, frame, node, step, bodies, moves);
    } else {
      frame.open += 1;
      moves.starts.push({ frame, node, before: step });
    }
  }
  for (const join of starving) {
    frame.open += 1;
    starve(run, frame, join, moves);
  }
  if (frame.open === 0) closeFrame(run, frame, moves);
}

function restoreLoop(run: Run, frame: Frame, node: PlanNode, record: StepRecord, bodies: Bodies, moves: Moves): void {
  const loop = { ...newLoop(frame, node, record), isRestoring: true };
  const stored = bodies.get(bodyPrefix(frame, node.id));
  let last = -1;
  for (const iteration of stored?.keys() ?? []) last = Math.max(last, iteration);
  for (; loop.next <= last && !loop.failure; loop.next += 1) {
    const inner = iterationFrame(loop, loop.next);
    loop.frames.set(loop.next, inner);
    restoreFrame(run, inner, stored?.get(loop.next) ?? new Map(), bodies, moves);
  }
  loop.isRestoring = false;
  continueLoop(run, loop, moves);
}
