import { AppError, storableText, turns } from '../../kernel/index.ts';
import type { PlanNode } from '../graph/plan.ts';
import { isExclusive } from '../graph/progress.ts';
import { childSignal } from '../journal/children.ts';
import type { EmittedEvent } from '../journal/emitter.ts';
import type { StartedExecution } from '../journal/start.ts';
import type { Failure, Signal, StepRecord } from '../records/execution.ts';
import { StepError } from '../steps/step-error.ts';
import type { ChildRequest, EmitRequest, StepResult } from '../steps/step-result.ts';
import { apply, show, storeFirst } from './apply.ts';
import { attemptStep, reasonOf } from './attempt.ts';
import { beginLoop, isLoopAgain, tryLoopAgain } from './begin-loop.ts';
import { abandon, failNode, finishNode } from './follow.ts';
import { type Frame, keyOf } from './frame.ts';
import { freeze } from './frozen.ts';
import { keepOutput, takeRoom } from './keep.ts';
import { lateness, limited, tookTooLong } from './limit.ts';
import { refusedStep } from './refused.ts';
import { pauseBeforeRetry } from './retry.ts';
import { LIMIT_ROUTE, routeOf } from './routes.ts';
import { type AtWork, blank, closeChild, isLost, isStopping, noMoves, type Parked, type Run, type Start } from './run.ts';
import { SHOW_RUNNING_AFTER_MS } from './running.ts';
import { isDue, park, takeSignal } from './waiting.ts';

/** Goes on with a step when the event loop has time for it. */
export function begin(run: Run, start: Start): void {
  turns.run(() => goOn(run, start));
}

/** Tries it, or waits, or takes what it has waited for. */
function goOn(run: Run, { frame, node, before }: Start): void {
  if (run.isOver) return;
  if (isLost(run, frame, node)) return void apply(run, noMoves(), 1);
  if (isStopping(run, frame)) return void attempt(run, { frame, node, before });
  const isWaiting = before?.status === 'waiting';
  const isLater = before !== undefined && before.resumeAt !== null && !isDue(run, before);
  if (before && isWaiting && before.waitsFor !== null) {
    const signal = takeSignal(run, before.waitsFor);
    if (signal) void resume(run, frame, node, before, signal);
    else if (before.resumeAt && !isLater) void waitedInVain(run, { frame, node, before });
    else setAside(run, { frame, node, before });
  } else if (before && isLater) setAside(run, { frame, node, before });
  else if (before && isWaiting) void (before.route === LIMIT_ROUTE ? waitedInVain : wakeUp)(run, { frame, node, before });
  else if (before && isLoopAgain(node, before)) void tryLoopAgain(run, { frame, node, before });
  else void attempt(run, { frame, node, before });
}

/** Parks a step that was already in flight. */
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
  const frozen = freeze(frame, node, before);
  const startedAt = before?.startedAt ?? run.options.clock.now();
  let record: StepRecord = {
    ...blank(run, frame, node),
    attempts: (before?.attempts ?? 0) + 1,
    startedAt,
    input: before?.input ?? null,
    bytes: before?.bytes ?? 0,
    seen: frozen.seen,
  };
  if (record.attempts === 1) run.options.onStep(record);
  // What is over at once needs no timer.
  const showRunning = node.runner.isPure
    ? undefined
    : setTimeout(() => void show(run, { step: { ...record, status: 'running', seq: ++run.seq } }), SHOW_RUNNING_AFTER_MS);
  const working = run.options.plan.isInterruptible ? work(run, { frame, node, before }, () => record) : undefined;
  const since = node.limitMs === undefined ? 0 : performance.now();
  const attempted = await attemptStep({
    step: node,
    execution: run.execution,
    scope: frozen.scope,
    frozen: frozen.input,
    startedAt,
    secrets: run.options.secrets,
    policies: run.options.policies,
    effects: run.options.effects,
    limits: run.options.limits,
    stepCount: run.options.plan.nodes.size,
    signal: working?.stop.signal ?? run.stop.signal,
    timeoutMs: node.timeoutMs,
    path: record.nodePath,
    key: keyOf(frame, node),
    number: record.attempts,
    clock: run.options.clock,
    logger: () => run.options.context.logger.child({ node: record.nodePath }),
    onInput(input, bytes) {
      takeRoom(run, bytes - record.bytes);
      record = { ...record, input, bytes };
      return frozen.isStoredFirst ? storeFirst(run, { ...record, seq: ++run.seq }) : undefined;
    },
  });
  clearTimeout(showRunning);
  if (working && run.working.get(keyOf(frame, node)) === working) run.working.delete(keyOf(frame, node));
  if (run.options.context.signal.aborted || run.isOver) return;
  const late = attempted.type === 'done' && attempted.isAtOnce ? lateness(node, attempted.result, since) : undefined;
  if (isLost(run, frame, node)) await apply(run, noMoves(), 1);
  else if (late) await settleError(run, frame, node, record, late, reasonOf(late));
  else if (attempted.type === 'done') await settle(run, frame, node, record, attempted);
  else if (attempted.type === 'failed') await settleError(run, frame, node, record, attempted.error, attempted.reason);
  else await apply(run, abandon(run, frame, node, record), 1);
}

/** Notes that a step is at work, and how to stop it alone. */
function work(run: Run, start: Start, record: () => StepRecord): AtWork {
  const working = { ...start, record, stop: new AbortController() };
  if (run.stop.signal.aborted) working.stop.abort(run.stop.signal.reason);
  run.working.set(keyOf(start.frame, start.node), working);
  return working;
}

function settle(
  run: Run,
  frame: Frame,
  node: PlanNode,
  record: StepRecord,
  { result, outputBytes }: { result: StepResult; outputBytes: number },
): Promise<void> {
  if (node.runner.loop && node.body) return beginLoop(run, frame, node, record);
  const { resumeAt = null, starts } = result;
  const waitsFor = result.waitsFor === undefined ? null : storableText(result.waitsFor);
  let done: StepRecord;
  try {
    if (Number.isNaN(resumeAt?.getTime())) throw refusedStep(new RangeError('the time at which it goes on is none'));
    takeRoom(run, outputBytes);
    const bytes = record.bytes + outputBytes;
    done = { ...record, output: result.output, bytes, route: routeOf(result), waitsFor, resumeAt };
  } catch (error) {
    return settleError(run, frame, node, record, error, reasonOf(error));
  }
  if (starts) return beginChild(run, frame, node, done, starts);
  if (result.emits) return emit(run, frame, node, done, result.emits);
  if (result.awaits) return awaitEvent(run, frame, node, done, result.awaits);
  const signal = waitsFor === null ? undefined : takeSignal(run, waitsFor);
  if (signal) return resume(run, frame, node, done, signal);
  if (waitsFor === null && (!resumeAt || isDue(run, done))) return succeed(run, frame, node, done);
  return parkNew(run, frame, node, done);
}

/** Stores a step as waiting; it is parked first, so that what comes meanwhile finds it. */
async function parkNew(run: Run, frame: Frame, node: PlanNode, record: StepRecord, moves = noMoves()): Promise<void> {
  // What it lies in has failed while it ran: nobody would give it up any more.
  if (isStopping(run, frame)) return apply(run, abandon(run, frame, node, record), 1);
  const before: StepRecord = { ...limited(run, node, record), status: 'waiting', seq: ++run.seq };
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
    return settleUnprepared(run, { frame, node, before: record }, error);
  }
  if (isLost(run, frame, node)) return apply(run, noMoves(), 1);
  if (isStopping(run, frame)) return apply(run, abandon(run, frame, node, record), 1);
  await succeed(run, frame, node, { ...record, output: { event_id: event.id } }, { ...noMoves(), emitted: [event] });
}

/** What has to be known beforehand could not be found out. */
function settleUnprepared(run: Run, { frame, node, before: record }: Parked, error: unknown): Promise<void> | void {
  // Without a database nobody can say whether it may go on: the execution is tried again.
  if (!(error instanceof StepError) && (!AppError.is(error) || error.status >= 500)) return run.end(error);
  if (isLost(run, frame, node)) return apply(run, noMoves(), 1);
  return settleError(run, frame, node, record, error, reasonOf(error));
}

/** Who waits is found by events from the moment this step is stored as waiting. */
async function awaitEvent(
  run: Run,
  frame: Frame,
  node: PlanNode,
  record: StepRecord,
  awaited: NonNullable<StepResult['awaits']>,
): Promise<void> {
  const { id: executionId, tenantId, traceId } = run.execution;
  const wait = { ...awaited, executionId, tenantId, traceId, step: keyOf(frame, node), place: 0 };
  await parkNew(run, frame, node, record, { ...noMoves(), eventWaits: [wait] });
}

/** The other execution exists if and only if this step is stored as the one that started it. */
async function beginChild(run: Run, frame: Frame, node: PlanNode, record: StepRecord, wanted: ChildRequest): Promise<void> {
  let child: StartedExecution;
  try {
    child = await run.options.children.prepare(run.execution, wanted, keyOf(frame, node));
  } catch (error) {
    return settleUnprepared(run, { frame, node, before: record }, error);
  }
  if (isLost(run, frame, node)) return apply(run, noMoves(), 1);
  if (isStopping(run, frame)) return apply(run, abandon(run, frame, node, record), 1);
  const moves = noMoves();
  moves.children.push(child);
  run.hasChildren = true;
  const output = { execution_id: child.id };
  if (!child.parentStep) return succeed(run, frame, node, { ...record, output }, moves);
  await parkNew(run, frame, node, { ...record, output, waitsFor: childSignal(child.parentStep) }, moves);
}

/** A step that waited for a signal has it, or has waited in vain. */
async function resume(run: Run, frame: Frame, node: PlanNode, record: StepRecord, signal: Signal | undefined): Promise<void> {
  const moves = noMoves();
  if (signal) moves.taken.push({ signalId: signal.id, by: keyOf(frame, node) });
  let result: StepResult;
  let done: StepRecord;
  try {
    result = node.runner.resume?.(record.input, signal?.data) ?? { output: signal?.data ?? null };
    done = { ...keepOutput(run, record, result.output), route: routeOf(result) };
  } catch (error) {
    await settleError(run, frame, node, record, error, reasonOf(error), moves);
    return;
  }
  const isNowhere = isExclusive(node, result.route) && !node.outgoing.some(({ condition }) => condition === result.route);
  if (!isNowhere) return succeed(run, frame, node, done, moves);
  const detail = `The step ended with "${result.route}", and no edge of that name leads on.`;
  const error = new StepError({ code: `step_${result.route}`, detail, isRetryable: false });
  await settleError(run, frame, node, { ...done, route: record.route }, error, reasonOf(error), moves);
}

/** The time of a step that waits is over: it goes on without what it has waited for, or has taken too long. */
async function waitedInVain(run: Run, { frame, node, before }: Parked): Promise<void> {
  if (before.route !== LIMIT_ROUTE) return resume(run, frame, node, before, undefined);
  const error = tookTooLong(node);
  const moves = noMoves();
  closeChild(before, moves);
  await settleError(run, frame, node, before, error, reasonOf(error), moves);
}

async function wakeUp(run: Run, { frame, node, before }: Parked): Promise<void> {
  await succeed(run, frame, node, before);
}

function succeed(run: Run, frame: Frame, node: PlanNode, record: StepRecord, moves = noMoves()): Promise<void> {
  finishNode(run, frame, node, record, moves);
  return apply(run, moves, 1);
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
    const before: StepRecord = {
      ...record,
      status: 'retrying',
      route: null,
      error: reason,
      resumeAt,
      waitsFor: null,
      seq: ++run.seq,
    };
    park(run, { frame, node, before });
    moves.records.push(before);
  }
  await apply(run, moves, 1);
}
