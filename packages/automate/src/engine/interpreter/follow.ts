import type { PlanNode } from '../graph/plan.ts';
import type { NodeEnd } from '../graph/progress.ts';
import { racesOf } from '../graph/races.ts';
import type { Failure, StepRecord } from '../records/execution.ts';
import { StepError } from '../steps/step-error.ts';
import { reasonOf } from './attempt.ts';
import { isDue } from './due.ts';
import { bodyPrefix, type Frame, failedStep, isWithin, iterationFrame, type Loop, outputOf } from './frame.ts';
import { keepOutput } from './keep.ts';
import { tookTooLong } from './limit.ts';
import { abortWithin, lose } from './lose.ts';
import { type Moves, noMoves } from './moves.ts';
import { pauseBeforeRetry } from './retry.ts';
import { endOf, failureRoute, LOST_ROUTE } from './routes.ts';
import type { Run } from './run.ts';
import { blank, callOff, ended } from './step-records.ts';

/** A node has succeeded: its end is recorded together with what that decides. */
export function finishNode(run: Run, frame: Frame, node: PlanNode, record: StepRecord, moves: Moves): void {
  const done = ended(run, record, { status: 'succeeded', route: record.route, error: null });
  moves.records.push(done);
  frame.scope.steps[node.id] = { output: done.output };
  follow(run, frame, node, endOf(done), moves);
}

/** A node has failed: it leaves by another way, or its frame fails with it. */
export function failNode(run: Run, frame: Frame, node: PlanNode, record: StepRecord, reason: Failure, moves: Moves): void {
  // What one branch out of several has gone on with does not depend on the others any more.
  const route = failureRoute(node.onError) ?? (isOutrun(frame, node) ? LOST_ROUTE : null);
  const failed = ended(run, record, { status: 'failed', route, error: reason });
  moves.records.push(failed);
  if (route !== null && !run.isStopping(frame)) {
    frame.scope.steps[node.id] = failedStep(reason);
    follow(run, frame, node, endOf(failed), moves);
    return;
  }
  fail(run, frame, { ...reason, node: failed.nodePath }, moves);
  frame.open -= 1;
  if (frame.open === 0) closeFrame(run, frame, moves);
}

function isOutrun(frame: Frame, node: PlanNode): boolean {
  for (const join of racesOf(frame.plan.nodes, node)) if (frame.progress.isTaken(join.id)) return true;
  return false;
}

function follow(run: Run, frame: Frame, node: PlanNode, end: NodeEnd, moves: Moves): void {
  const { ready, skipped, starved, lost } = frame.progress.finish(node.id, end);
  for (const skip of skipped) moves.records.push({ ...blank(run, frame, skip), status: 'skipped', seq: run.nextSeq() });
  for (const loser of lost) lose(run, frame, loser, moves);
  frame.open -= 1;
  if (!run.isStopping(frame)) {
    frame.open += ready.length + starved.length;
    moves.starts.push(...ready.map((next) => ({ frame, node: next })));
    for (const join of starved) starve(run, frame, join, moves);
  }
  if (frame.open === 0) closeFrame(run, frame, moves);
}

/** A join that waited for a success has waited in vain. */
export function starve(run: Run, frame: Frame, join: PlanNode, moves: Moves): void {
  const reason = { code: 'all_branches_failed', message: 'None of the branches that lead here has succeeded.' };
  failNode(run, frame, join, { ...blank(run, frame, join), startedAt: run.options.clock.now() }, reason, moves);
}

/** Nothing more starts in a frame that failed, and what waits in it is given up. */
function fail(run: Run, frame: Frame, failure: Failure, moves: Moves): void {
  if (frame.failure) return;
  frame.failure = failure;
  giveUp(run, frame, moves);
}

/** What waits in a frame will not go on. */
export function giveUp(run: Run, frame: Frame, moves: Moves): void {
  for (const [key, step] of run.parked) {
    if (!isWithin(step.frame, frame)) continue;
    run.parked.delete(key);
    callOff(run, step.before, moves);
    step.frame.open -= 1;
    if (step.frame !== frame && step.frame.open === 0) closeFrame(run, step.frame, moves);
  }
}

/** A step that was begun will not end by itself. */
export function leave(run: Run, frame: Frame, record: StepRecord, moves: Moves): void {
  callOff(run, record, moves);
  frame.open -= 1;
  if (frame.open === 0) closeFrame(run, frame, moves);
}

/** A step that does not start, or was ended from outside. */
export function abandon(run: Run, frame: Frame, node: PlanNode, before: StepRecord | undefined): Moves {
  const moves = noMoves();
  // Held back for another worker, it stays as it is stored.
  if (!run.isStopping(frame)) return moves;
  leave(run, frame, before ?? blank(run, frame, node), moves);
  return moves;
}

/** Everything of a frame has ended; for an iteration that means its loop goes on. */
export function closeFrame(run: Run, frame: Frame, moves: Moves): void {
  const { loop, iteration } = frame;
  if (!loop?.frames.delete(iteration)) return;
  if (frame.failure && (loop.failure || loop.runner.isStrict)) {
    loop.unfinished.push(iteration);
    if (!loop.failure) {
      loop.failure = frame.failure;
      for (const other of [...loop.frames.values()]) {
        fail(run, other, frame.failure, moves);
        if (other.open === 0) closeFrame(run, other, moves);
      }
    }
  } else {
    const result = frame.failure ? { error: { code: frame.failure.code, message: frame.failure.message } } : outputOf(frame);
    loop.results[loop.runner.keepsResults ? iteration : 0] = result;
  }
  if (!loop.isRestoring) continueLoop(run, loop, moves);
}

/** Starts as many iterations as there is room for; when there are no more, the loop has ended. */
export function continueLoop(run: Run, loop: Loop, moves: Moves): void {
  const { frame, runner, record } = loop;
  const begun = run.loops.get(loop);
  if (!begun) return; // it has ended
  while (!loop.failure && !run.isStopping(frame) && loop.frames.size < runner.concurrency) {
    const takeUp = begun.shift();
    if (takeUp) {
      takeUp(moves);
      continue;
    }
    if (!hasNext(loop)) break;
    const inner = iterationFrame(loop, loop.next);
    loop.frames.set(loop.next, inner);
    loop.next += 1;
    inner.open = inner.plan.starts.length;
    moves.starts.push(...inner.plan.starts.map((id) => ({ frame: inner, node: inner.plan.nodes.get(id) as PlanNode })));
  }
  if (loop.frames.size > 0 || !run.loops.delete(loop)) return;
  if (loop.failure) failLoop(run, loop, loop.failure, moves);
  else if (!run.isStopping(frame)) finishLoop(run, loop, moves);
  else leave(run, frame, record, moves);
}

/** Its results together may be more than can be kept. */
function finishLoop(run: Run, { frame, node, runner, record, results, next }: Loop, moves: Moves): void {
  let done: StepRecord;
  try {
    done = keepOutput(run, record, runner.output(results, next, record.input));
  } catch (error) {
    failNode(run, frame, node, record, reasonOf(error), moves);
    return;
  }
  finishNode(run, frame, node, done, moves);
}

/** A loop has failed: what has not succeeded of it is tried again, when its node says so, or it has failed for good. */
function failLoop(run: Run, { frame, node, record, unfinished }: Loop, failure: Failure, moves: Moves): void {
  const error = new StepError({ code: failure.code, detail: failure.message, isRetryable: true });
  const pause = node.loopRetry && !run.isStopping(frame) ? pauseBeforeRetry(node.loopRetry, error, record.attempts) : undefined;
  if (pause === undefined) {
    failNode(run, frame, node, record, failure, moves);
    return;
  }
  const resumeAt = new Date(run.options.clock.now().getTime() + pause);
  const before: StepRecord = { ...record, status: 'retrying', error: failure, resumeAt, seq: run.nextSeq() };
  moves.records.push(before);
  moves.forgets ??= [];
  moves.forgets.push({ executionId: run.options.execution.id, prefix: bodyPrefix(frame, node.id), iterations: unfinished });
  run.park({ frame, node, before });
}

/** Ends loops whose time is over. */
export function expire(run: Run, moves: Moves): void {
  for (const loop of [...run.loops.keys()]) {
    if (loop.failure || !run.loops.has(loop) || !isDue(run, loop.record) || run.isStopping(loop.frame)) continue;
    loop.failure = reasonOf(tookTooLong(loop.node));
    run.loops.get(loop)?.splice(0);
    abortWithin(run, loop);
    for (const inner of [...loop.frames.values()]) {
      fail(run, inner, loop.failure, moves);
      if (inner.open === 0) closeFrame(run, inner, moves);
    }
    if (loop.frames.size === 0) continueLoop(run, loop, moves);
  }
}

function hasNext(loop: Loop): boolean {
  const { frame, runner, record, next, results } = loop;
  try {
    const variables = runner.variables(record.input, next, results.at(-1) ?? null, results);
    return runner.hasNext(record.input, next, { ...frame.scope, ...variables });
  } catch (error) {
    loop.failure = reasonOf(error);
    return false;
  }
}
