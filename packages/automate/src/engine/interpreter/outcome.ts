import { storableText } from '../../kernel/index.ts';
import { isExclusive } from '../graph/progress.ts';
import type { Failure, Signal, StepRecord } from '../records/execution.ts';
import { StepError } from '../steps/step-error.ts';
import type { StepResult } from '../steps/step-result.ts';
import { reasonOf } from './attempt.ts';
import { isDue } from './due.ts';
import { abandon, failNode, finishNode } from './follow.ts';
import { keyOf } from './frame.ts';
import { keepOutput } from './keep.ts';
import { limited, tookTooLong } from './limit.ts';
import { type Moves, noMoves, type Parked, type Tried } from './moves.ts';
import { refusedStep } from './refused.ts';
import { pauseBeforeRetry } from './retry.ts';
import { LIMIT_ROUTE, routeOf } from './routes.ts';
import type { Run } from './run.ts';
import { closeChild } from './step-records.ts';

/**
 * A step that gave a result, with it. It does not say yet how it goes on.
 * @throws StepError when that cannot be kept
 */
export function withResult(run: Run, record: StepRecord, result: StepResult, outputBytes: number): StepRecord {
  const { resumeAt = null } = result;
  const waitsFor = result.waitsFor === undefined ? null : storableText(result.waitsFor);
  if (Number.isNaN(resumeAt?.getTime())) throw refusedStep(new RangeError('the time at which it goes on is none'));
  run.takeRoom(outputBytes);
  return { ...record, output: result.output, bytes: record.bytes + outputBytes, route: routeOf(result), waitsFor, resumeAt };
}

/** It has succeeded, unless it wants to wait for an event, a signal or a time. */
export function settle(run: Run, tried: Tried, { awaits }: StepResult): Moves {
  const { frame, node, record } = tried;
  if (awaits) {
    const { id: executionId, tenantId, traceId } = run.options.execution;
    // Who waits is found by events from the moment this step is stored as waiting.
    const wait = { ...awaits, executionId, tenantId, traceId, step: keyOf(frame, node), place: 0 };
    return waitOn(run, tried, { ...noMoves(), eventWaits: [wait] });
  }
  const signal = record.waitsFor === null ? undefined : run.inbox.take(record.waitsFor);
  if (signal) return resume(run, tried, signal);
  if (record.waitsFor === null && (!record.resumeAt || isDue(run, record))) return succeed(run, tried);
  return waitOn(run, tried);
}

export function succeed(run: Run, { frame, node, record }: Tried, moves = noMoves()): Moves {
  finishNode(run, frame, node, record, moves);
  return moves;
}

/** It waits from now on; it is parked before that is stored, so that what comes meanwhile finds it. */
export function waitOn(run: Run, { frame, node, record }: Tried, moves = noMoves()): Moves {
  // What it lies in has failed while it ran: nobody would give it up any more.
  if (run.isStopping(frame)) return abandon(run, frame, node, record);
  const before: StepRecord = { ...limited(run, node, record), status: 'waiting', seq: run.nextSeq() };
  run.park({ frame, node, before });
  moves.records.push(before);
  return moves;
}

/** A step that waited for a signal has it, or goes on without. */
function resume(run: Run, tried: Tried, signal: Signal | undefined): Moves {
  const { frame, node, record } = tried;
  const moves = noMoves();
  if (signal) moves.taken.push({ signalId: signal.id, by: keyOf(frame, node) });
  let result: StepResult;
  let done: StepRecord;
  try {
    result = node.runner.resume?.(record.input, signal?.data) ?? { output: signal?.data ?? null };
    done = { ...keepOutput(run, record, result.output), route: routeOf(result) };
  } catch (error) {
    return failOrRetry(run, tried, error, reasonOf(error), moves);
  }
  const isNowhere = isExclusive(node, result.route) && !node.outgoing.some(({ condition }) => condition === result.route);
  if (!isNowhere) return succeed(run, { frame, node, record: done }, moves);
  const detail = `The step ended with "${result.route}", and no edge of that name leads on.`;
  const error = new StepError({ code: `step_${result.route}`, detail, isRetryable: false });
  return failOrRetry(run, { frame, node, record: { ...done, route: record.route } }, error, reasonOf(error), moves);
}

/** What a step waits for was said. */
export function takeUp(run: Run, { frame, node, before }: Parked): Moves {
  return resume(run, { frame, node, record: before }, run.inbox.take(before.waitsFor as string));
}

/** The time of a step that waits is over: it goes on without what it has waited for, or has taken too long. */
export function timeOut(run: Run, { frame, node, before }: Parked): Moves {
  const tried = { frame, node, record: before };
  if (before.route !== LIMIT_ROUTE) return resume(run, tried, undefined);
  const error = tookTooLong(node);
  const moves = noMoves();
  closeChild(before, moves);
  return failOrRetry(run, tried, error, reasonOf(error), moves);
}

/** It is tried again after a pause, when its node says so, or has failed. */
export function failOrRetry(run: Run, tried: Tried, error: unknown, reason: Failure = reasonOf(error), moves = noMoves()): Moves {
  const { frame, node, record } = tried;
  const pause = run.isStopping(frame) ? undefined : pauseBeforeRetry(node.retry, error, record.attempts);
  if (pause === undefined) {
    failNode(run, frame, node, record, reason, moves);
    return moves;
  }
  const resumeAt = new Date(run.options.clock.now().getTime() + pause);
  const seq = run.nextSeq();
  const before: StepRecord = { ...record, status: 'retrying', route: null, error: reason, resumeAt, waitsFor: null, seq };
  run.park({ frame, node, before });
  moves.records.push(before);
  return moves;
}
