import { toStorableJson } from '../../../kernel/index.ts';
import type { PlanNode } from '../../graph/plan.ts';
import { isExclusive } from '../../graph/progress.ts';
import { type ChildRequest, type EmitRequest, StepError, type StepResult } from '../../steps/step-type.ts';
import { childSignal } from '../children.ts';
import type { EmittedEvent } from '../emitter.ts';
import type { Failure, Signal, StepRecord } from '../execution.ts';
import type { StartedExecution } from '../start.ts';
import { apply, show } from './apply.ts';
import { attemptStep, reasonOf } from './attempt.ts';
import { continueLoop, failNode, finishNode, leave } from './follow.ts';
import { type Frame, keyOf, newLoop } from './frame.ts';
import { pauseBeforeRetry } from './retry.ts';
import { routeOf } from './routes.ts';
import { blank, isStopping, type Moves, noMoves, type Parked, type Run, type Start } from './run.ts';
import { SHOW_RUNNING_AFTER_MS } from './running.ts';
import { isDue, park, takeSignal } from './waiting.ts';

/** Goes on with a step: tries it, or waits, or takes what it has waited for. */
export function begin(run: Run, { frame, node, before }: Start): void {
  if (isStopping(run, frame)) return void attempt(run, { frame, node, before });
  const isWaiting = before?.status === 'waiting';
  const isLater = before !== undefined && before.resumeAt !== null && !isDue(run, before);
  if (before && isWaiting && before.waitsFor !== null) {
    const signal = takeSignal(run, before.waitsFor);
    if (signal) void resume(run, frame, node, before, signal);
    else if (before.resumeAt && !isLater) void resume(run, frame, node, before, undefined);
    else setAside(run, { frame, node, before });
  } else if (before && isLater) setAside(run, { frame, node, before });
  else if (before && isWaiting) void succeed(run, frame, node, before);
  else void attempt(run, { frame, node, before });
}

/** Parks a step that was already in hand. */
function setAside(run: Run, step: Parked): void {
  run.active -= 1;
  park(run, step);
  if (run.active === 0) void apply(run, noMoves(), 0);
}

async function attempt(run: Run, { frame, node, before }: Start): Promise<void> {
  if (isStopping(run, frame) || run.options.context.isDraining()) {
    run.isHeldBack ||= !isStopping(run, frame);
    await apply(run, abandon(run, frame, node, before), 1);
    return;
  }
  let record: StepRecord = {
    ...blank(run, frame, node),
    attempts: (before?.attempts ?? 0) + 1,
    startedAt: before?.startedAt ?? run.options.clock.now(),
  };
  if (record.attempts === 1) run.options.onStep(record);
  // What is over at once needs no timer.
  const showRunning = node.runner.isPure
    ? undefined
    : setTimeout(() => void show(run, { step: { ...record, status: 'running', seq: ++run.seq } }), SHOW_RUNNING_AFTER_MS);
  const attempted = await attemptStep({
    step: node,
    execution: run.execution,
    scope: frame.scope,
    secrets: run.options.secrets,
    policies: run.options.policies,
    stepCount: run.options.plan.nodes.size,
    signal: run.stop.signal,
    timeoutMs: node.timeoutMs,
    key: keyOf(frame, node),
    number: record.attempts,
    clock: run.options.clock,
    logger: () => run.options.context.logger.child({ node: record.nodePath }),
    onInput: (input) => (record = { ...record, input }),
  });
  clearTimeout(showRunning);
  if (run.options.context.signal.aborted || run.isOver) return;
  if (attempted.type === 'done') await settle(run, frame, node, record, attempted.result);
  else if (attempted.type === 'failed') await settleError(run, frame, node, record, attempted.error, attempted.reason);
  else await apply(run, abandon(run, frame, node, record), 1);
}

async function settle(run: Run, frame: Frame, node: PlanNode, record: StepRecord, result: StepResult): Promise<void> {
  if (node.runner.loop && node.body) return beginLoop(run, frame, node, record);
  const { waitsFor = null, resumeAt = null, starts } = result;
  const done = { ...record, output: toStorableJson(result.output), route: routeOf(result), waitsFor, resumeAt };
  if (starts) return beginChild(run, frame, node, done, starts);
  if (result.emits) return emit(run, frame, node, done, result.emits);
  if (result.awaits) return awaitEvent(run, frame, node, done, result.awaits);
  const signal = waitsFor === null ? undefined : takeSignal(run, waitsFor);
  if (signal) return resume(run, frame, node, done, signal);
  if (waitsFor === null && (!resumeAt || isDue(run, done))) return succeed(run, frame, node, done);
  await parkNew(run, frame, node, done);
}

/** Stores a step as waiting; it is parked first, so that what comes meanwhile finds it. */
async function parkNew(run: Run, frame: Frame, node: PlanNode, record: StepRecord, moves = noMoves()): Promise<void> {
  const before: StepRecord = { ...record, status: 'waiting', seq: ++run.seq };
  park(run, { frame, node, before });
  moves.records.push(before);
  await apply(run, moves, 1);
}

/** The event exists if and only if this step is stored as done. */
async function emit(run: Run, frame: Frame, node: PlanNode, record: StepRecord, wanted: EmitRequest): Promise<void> {
  let event: EmittedEvent;
  try {
    event = await run.options.emitter.prepare(run.execution, wanted);
  } catch (error) {
    return settleError(run, frame, node, record, error, reasonOf(error));
  }
  const moves = noMoves();
  moves.emitted.push(event);
  await succeed(run, frame, node, { ...record, output: { event_id: event.id } }, moves);
}

/** Who waits is found by events from the moment this step is stored as waiting. */
async function awaitEvent(
  run: Run,
  frame: Frame,
  node: PlanNode,
  record: StepRecord,
  awaited: NonNullable<StepResult['awaits']>,
): Promise<void> {
  const moves = noMoves();
  const { id: executionId, tenantId, traceId } = run.execution;
  moves.eventWaits.push({ ...awaited, executionId, tenantId, traceId, step: keyOf(frame, node), place: 0 });
  await parkNew(run, frame, node, record, moves);
}

/** The other execution exists if and only if this step is stored as the one that started it. */
async function beginChild(run: Run, frame: Frame, node: PlanNode, record: StepRecord, wanted: ChildRequest): Promise<void> {
  let child: StartedExecution;
  try {
    child = await run.options.children.prepare(run.execution, wanted, keyOf(frame, node));
  } catch (error) {
    return settleError(run, frame, node, record, error, reasonOf(error));
  }
  const moves = noMoves();
  moves.children.push(child);
  const output = { execution_id: child.id };
  if (!child.parentStep) return succeed(run, frame, node, { ...record, output }, moves);
  await parkNew(run, frame, node, { ...record, output, waitsFor: childSignal(child.parentStep) }, moves);
}

/** A step that waited for a signal has it, or has waited in vain. */
async function resume(run: Run, frame: Frame, node: PlanNode, record: StepRecord, signal: Signal | undefined): Promise<void> {
  const moves = noMoves();
  if (signal) moves.taken.push({ signalId: signal.id, by: keyOf(frame, node) });
  let result: StepResult;
  try {
    result = node.runner.resume?.(record.input, signal?.data) ?? { output: signal?.data ?? null };
  } catch (error) {
    await settleError(run, frame, node, record, error, reasonOf(error), moves);
    return;
  }
  const isNowhere = isExclusive(node, result.route) && !node.outgoing.some(({ condition }) => condition === result.route);
  if (!isNowhere) return succeed(run, frame, node, { ...record, output: result.output, route: routeOf(result) }, moves);
  const detail = `The step ended with "${result.route}", and no edge of that name leads on.`;
  const error = new StepError({ code: `step_${result.route}`, detail, isRetryable: false });
  await settleError(run, frame, node, { ...record, output: result.output }, error, reasonOf(error), moves);
}

async function succeed(run: Run, frame: Frame, node: PlanNode, record: StepRecord, moves = noMoves()): Promise<void> {
  finishNode(run, frame, node, record, moves);
  await apply(run, moves, 1);
}

async function settleError(
  run: Run,
  frame: Frame,
  node: PlanNode,
  record: StepRecord,
  error: unknown,
  reason: Failure,
  moves = noMoves(),
): Promise<void> {
  const pause = isStopping(run, frame) ? undefined : pauseBeforeRetry(node.retry, error, record.attempts);
  if (pause === undefined) {
    failNode(run, frame, node, record, reason, moves);
  } else {
    const resumeAt = new Date(run.options.clock.now().getTime() + pause);
    const before: StepRecord = { ...record, status: 'retrying', error: reason, resumeAt, waitsFor: null, seq: ++run.seq };
    park(run, { frame, node, before });
    moves.records.push(before);
  }
  await apply(run, moves, 1);
}

async function beginLoop(run: Run, frame: Frame, node: PlanNode, record: StepRecord): Promise<void> {
  // What it goes over is stored before anything of it runs.
  const begun: StepRecord = { ...record, status: 'running', seq: ++run.seq };
  const moves = noMoves();
  moves.records.push(begun);
  continueLoop(run, newLoop(frame, node, begun), moves);
  await apply(run, moves, 1);
}

/** A step that does not start, or was ended from outside. */
function abandon(run: Run, frame: Frame, node: PlanNode, before: StepRecord | undefined): Moves {
  const moves = noMoves();
  // Held back for another worker, it stays as it is stored.
  if (!isStopping(run, frame)) return moves;
  leave(run, frame, before ?? blank(run, frame, node), moves);
  return moves;
}
