import { setMaxListeners } from 'node:events';
import type { Policies, Secrets } from '../../../governance/index.ts';
import type { ClaimedJob, JobContext } from '../../../jobs/index.ts';
import { toStorableJson } from '../../../kernel/index.ts';
import type { Plan, PlanNode } from '../../graph/plan.ts';
import { isExclusive, type NodeEnd } from '../../graph/progress.ts';
import type { WorkflowSettings } from '../../schemas.ts';
import { type ChildRequest, StepError, type StepResult } from '../../steps/step-type.ts';
import { type Children, childSignal } from '../children.ts';
import { errorWorkflowJobs } from '../error-workflow.ts';
import { createScope, type Ending, type Failure, type LoadedExecution, type Signal, type StepRecord } from '../execution.ts';
import type { Journal, JournalEntry, TakenSignal } from '../journal.ts';
import type { StartedExecution } from '../start.ts';
import { attemptStep, reasonOf } from './attempt.ts';
import {
  bodyPrefix,
  type Frame,
  failedStep,
  isWithin,
  iterationFrame,
  keyOf,
  type LinkOf,
  type Loop,
  newLoop,
  outputOf,
  rootFrame,
} from './frame.ts';
import { pauseBeforeRetry } from './retry.ts';
import { endOf, failureRoute, routeOf } from './routes.ts';

/** A step that runs longer than this is shown as running before it ends. */
const SHOW_RUNNING_AFTER_MS = 250;

export interface InterpretOptions {
  readonly job: Pick<ClaimedJob, 'lease' | 'attempts'>;
  readonly context: JobContext;
  readonly execution: LoadedExecution;
  readonly plan: Plan;
  readonly settings: WorkflowSettings;
  /** What an earlier claim has stored. */
  readonly stored: readonly StepRecord[];
  /** What was said to the execution and no step has taken yet, the oldest first. */
  readonly signals: readonly Signal[];
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly policies: Pick<Policies, 'requireStep'>;
  readonly children: Children;
  /** The link by which a step is decided. */
  readonly linkOf: LinkOf;
  /** Looks again at what was said to it. */
  news(): Promise<{ signals: readonly Signal[]; ending: Ending | undefined }>;
  /** Told when the execution was parked until then. */
  onParked(until: Date): void;
}

/** A step to begin, with what is stored of it. */
interface Start {
  readonly frame: Frame;
  readonly node: PlanNode;
  readonly before?: StepRecord | undefined;
}

/** A step that waits for a time, a signal, or whichever comes first. */
interface Parked extends Start {
  readonly before: StepRecord;
}

/** What follows from something that happened: all of it is stored at once, then the steps begin. */
interface Moves {
  readonly records: StepRecord[];
  readonly starts: Start[];
  readonly taken: TakenSignal[];
  readonly children: StartedExecution[];
}

const noMoves = (): Moves => ({ records: [], starts: [], taken: [], children: [] });

/**
 * Runs an execution until it ends, or until all that is left to do is to wait: then the job is scheduled for that time
 * and nothing stays in memory. Every outcome of a step is on disk before a successor starts, so after a crash the next
 * claim goes on behind the last finished step.
 */
export function interpret(options: InterpretOptions): Promise<void> {
  const { job, context, execution, plan, journal } = options;
  const root = rootFrame(plan, createScope(execution), options.linkOf);
  const parked = new Map<string, Parked>();
  const unread = new Map(options.signals.map((signal) => [signal.id, signal]));
  const taken = new Set<string>();
  /** Aborts the steps that run: the execution was cancelled, is out of time, or another worker has it. */
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const deadline =
    options.settings.timeout_seconds === undefined
      ? undefined
      : new Date(execution.startedAt.getTime() + options.settings.timeout_seconds * 1_000);
  let seq = options.stored.reduce((highest, step) => Math.max(highest, step.seq), 0);
  /** Steps in hand, including those whose outcome is being stored. */
  let active = 0;
  let isCancelled = false;
  /** Whether something could have started but was left to another worker. */
  let isHeldBack = false;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let deadlineTimer: NodeJS.Timeout | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  context.signal.addEventListener('abort', () => end(), { once: true });
  const unlisten = context.onSignal(() => void hear());

  restore();
  return promise.finally(() => {
    isOver = true;
    unlisten();
    clearTimeout(timer);
    clearTimeout(deadlineTimer);
    stop.abort(new Error('the execution left this worker'));
  });

  // Going on ---------------------------------------------------------------------------------------------------------

  /** Takes up where the stored steps end. */
  function restore(): void {
    const byBody = new Map<string, Map<number, Map<string, StepRecord>>>();
    for (const record of options.stored) {
      const prefix = record.nodePath.slice(0, record.nodePath.lastIndexOf('/') + 1);
      const iterations = byBody.get(prefix) ?? new Map<number, Map<string, StepRecord>>();
      const steps = iterations.get(record.iteration) ?? new Map<string, StepRecord>();
      byBody.set(prefix, iterations.set(record.iteration, steps.set(record.nodePath.slice(prefix.length), record)));
    }
    const moves = noMoves();
    restoreFrame(root, byBody.get('')?.get(0) ?? new Map(), byBody, moves);
    if (deadline) {
      const left = deadline.getTime() - Date.now();
      if (left > 0) deadlineTimer = setTimeout(outOfTime, Math.min(left, 2_147_483_647));
      else outOfTime();
    }
    void apply(moves, 0);
  }

  type Bodies = ReadonlyMap<string, ReadonlyMap<number, ReadonlyMap<string, StepRecord>>>;

  function restoreFrame(frame: Frame, records: ReadonlyMap<string, StepRecord>, bodies: Bodies, moves: Moves): void {
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
          if (!records.has(skip.id)) moves.records.push({ ...blank(frame, skip), status: 'skipped', seq: ++seq });
        for (const join of starved) (records.has(join.id) ? queue : starving).push(join);
        queue.push(...ready);
      } else if (step?.status === 'failed') {
        frame.failure ??= { code: 'step_failed', message: 'The step failed.', ...step.error, node: step.nodePath };
      } else if (step?.status === 'running' && node.runner.loop && node.body) {
        frame.open += 1;
        restoreLoop(frame, node, step, bodies, moves);
      } else {
        frame.open += 1;
        moves.starts.push({ frame, node, before: step });
      }
    }
    for (const join of starving) {
      frame.open += 1;
      starve(frame, join, moves);
    }
    if (frame.open === 0) closeFrame(frame, moves);
  }

  function restoreLoop(frame: Frame, node: PlanNode, record: StepRecord, bodies: Bodies, moves: Moves): void {
    const loop = { ...newLoop(frame, node, record), isRestoring: true };
    const stored = bodies.get(bodyPrefix(frame, node.id));
    let last = -1;
    for (const iteration of stored?.keys() ?? []) last = Math.max(last, iteration);
    for (; loop.next <= last && !loop.failure; loop.next += 1) {
      const inner = iterationFrame(loop, loop.next);
      loop.frames.set(loop.next, inner);
      restoreFrame(inner, stored?.get(loop.next) ?? new Map(), bodies, moves);
    }
    loop.isRestoring = false;
    continueLoop(loop, moves);
  }

  // Steps ------------------------------------------------------------------------------------------------------------

  function begin({ frame, node, before }: Start): void {
    if (isStopping(frame)) return void attempt({ frame, node, before });
    const isWaiting = before?.status === 'waiting';
    const isLater = before?.resumeAt !== null && before?.resumeAt !== undefined && before.resumeAt.getTime() > Date.now();
    if (before && isWaiting && before.waitsFor !== null) {
      const signal = takeSignal(before.waitsFor);
      if (signal) void resume(frame, node, before, signal);
      else if (before.resumeAt && !isLater) void resume(frame, node, before, undefined);
      else setAside({ frame, node, before });
    } else if (before && isLater) setAside({ frame, node, before });
    else if (before && isWaiting) void succeed(frame, node, before);
    else void attempt({ frame, node, before });
  }

  /** Parks a step that was already in hand. */
  function setAside(step: Parked): void {
    active -= 1;
    park(step);
    if (active === 0) void apply(noMoves(), 0);
  }

  async function attempt({ frame, node, before }: Start): Promise<void> {
    if (isStopping(frame) || context.isDraining()) {
      isHeldBack ||= !isStopping(frame);
      await apply(abandon(frame, node, before), 1);
      return;
    }
    let record: StepRecord = {
      ...blank(frame, node),
      attempts: (before?.attempts ?? 0) + 1,
      startedAt: before?.startedAt ?? new Date(),
    };
    const showRunning = setTimeout(() => void show({ ...record, status: 'running', seq: ++seq }), SHOW_RUNNING_AFTER_MS);
    const attempted = await attemptStep({
      step: node,
      execution,
      scope: frame.scope,
      secrets: options.secrets,
      policies: options.policies,
      stepCount: plan.nodes.size,
      signal: stop.signal,
      timeoutMs: node.timeoutMs,
      key: keyOf(frame, node),
      number: record.attempts,
      logger: () => context.logger.child({ node: record.nodePath }),
      onInput: (input) => (record = { ...record, input }),
    });
    clearTimeout(showRunning);
    if (context.signal.aborted || isOver) return;
    if (attempted.type === 'done') await settle(frame, node, record, attempted.result);
    else if (attempted.type === 'failed') await settleError(frame, node, record, attempted.error, attempted.reason);
    else await apply(abandon(frame, node, record), 1);
  }

  async function settle(frame: Frame, node: PlanNode, record: StepRecord, result: StepResult): Promise<void> {
    if (node.runner.loop && node.body) return beginLoop(frame, node, record);
    const { waitsFor = null, resumeAt = null, starts } = result;
    const done = { ...record, output: toStorableJson(result.output), route: routeOf(result), waitsFor, resumeAt };
    if (starts) return beginChild(frame, node, done, starts);
    const signal = waitsFor === null ? undefined : takeSignal(waitsFor);
    if (signal) return resume(frame, node, done, signal);
    if (waitsFor === null && !(resumeAt && resumeAt.getTime() > Date.now())) return succeed(frame, node, done);
    await parkNew(frame, node, done);
  }

  /** Stores a step as waiting; it is parked first, so that what comes meanwhile finds it. */
  async function parkNew(frame: Frame, node: PlanNode, record: StepRecord, moves = noMoves()): Promise<void> {
    const before: StepRecord = { ...record, status: 'waiting', seq: ++seq };
    park({ frame, node, before });
    moves.records.push(before);
    await apply(moves, 1);
  }

  /** The other execution exists if and only if this step is stored as the one that started it. */
  async function beginChild(frame: Frame, node: PlanNode, record: StepRecord, wanted: ChildRequest): Promise<void> {
    let child: StartedExecution;
    try {
      child = await options.children.prepare(execution, wanted, keyOf(frame, node));
    } catch (error) {
      return settleError(frame, node, record, error, reasonOf(error));
    }
    const moves = noMoves();
    moves.children.push(child);
    const output = { execution_id: child.id };
    if (!child.parentStep) return succeed(frame, node, { ...record, output }, moves);
    await parkNew(frame, node, { ...record, output, waitsFor: childSignal(child.parentStep) }, moves);
  }

  /** A step that waited for a signal has it, or has waited in vain. */
  async function resume(frame: Frame, node: PlanNode, record: StepRecord, signal: Signal | undefined): Promise<void> {
    const moves = noMoves();
    if (signal) moves.taken.push({ signalId: signal.id, by: keyOf(frame, node) });
    let result: StepResult;
    try {
      result = node.runner.resume?.(record.input, signal?.data) ?? { output: signal?.data ?? null };
    } catch (error) {
      await settleError(frame, node, record, error, reasonOf(error), moves);
      return;
    }
    const isNowhere = isExclusive(node, result.route) && !node.outgoing.some(({ condition }) => condition === result.route);
    if (!isNowhere) return succeed(frame, node, { ...record, output: result.output, route: routeOf(result) }, moves);
    const detail = `The step ended with "${result.route}", and no edge of that name leads on.`;
    const error = new StepError({ code: `step_${result.route}`, detail, isRetryable: false });
    await settleError(frame, node, { ...record, output: result.output }, error, reasonOf(error), moves);
  }

  async function succeed(frame: Frame, node: PlanNode, record: StepRecord, moves = noMoves()): Promise<void> {
    finishNode(frame, node, record, moves);
    await apply(moves, 1);
  }

  async function settleError(
    frame: Frame,
    node: PlanNode,
    record: StepRecord,
    error: unknown,
    reason: Failure,
    moves = noMoves(),
  ): Promise<void> {
    const pause = isStopping(frame) ? undefined : pauseBeforeRetry(node.retry, error, record.attempts);
    if (pause === undefined) {
      failNode(frame, node, record, reason, moves);
    } else {
      const resumeAt = new Date(Date.now() + pause);
      const before: StepRecord = { ...record, status: 'retrying', error: reason, resumeAt, waitsFor: null, seq: ++seq };
      park({ frame, node, before });
      moves.records.push(before);
    }
    await apply(moves, 1);
  }

  // What follows -----------------------------------------------------------------------------------------------------

  /** A node has succeeded: its end is recorded together with what that decides. */
  function finishNode(frame: Frame, node: PlanNode, record: StepRecord, moves: Moves): void {
    const done: StepRecord = { ...record, ...ended(), status: 'succeeded', error: null };
    moves.records.push(done);
    frame.scope.steps[node.id] = { output: done.output };
    follow(frame, node, endOf(done), moves);
  }

  function failNode(frame: Frame, node: PlanNode, record: StepRecord, reason: Failure, moves: Moves): void {
    const route = failureRoute(node.onError);
    const failed: StepRecord = { ...record, ...ended(), status: 'failed', error: reason, route };
    moves.records.push(failed);
    if (route !== null && !isStopping(frame)) {
      frame.scope.steps[node.id] = failedStep(reason);
      follow(frame, node, endOf(failed), moves);
      return;
    }
    fail(frame, { ...reason, node: failed.nodePath }, moves);
    frame.open -= 1;
    if (frame.open === 0) closeFrame(frame, moves);
  }

  function follow(frame: Frame, node: PlanNode, end: NodeEnd, moves: Moves): void {
    const { ready, skipped, starved } = frame.progress.finish(node.id, end);
    for (const skip of skipped) moves.records.push({ ...blank(frame, skip), status: 'skipped', seq: ++seq });
    frame.open -= 1;
    if (!isStopping(frame)) {
      frame.open += ready.length + starved.length;
      moves.starts.push(...ready.map((next) => ({ frame, node: next })));
      for (const join of starved) starve(frame, join, moves);
    }
    if (frame.open === 0) closeFrame(frame, moves);
  }

  function starve(frame: Frame, join: PlanNode, moves: Moves): void {
    const reason = { code: 'all_branches_failed', message: 'None of the branches that lead here has succeeded.' };
    failNode(frame, join, { ...blank(frame, join), startedAt: new Date() }, reason, moves);
  }

  /** Nothing more starts in a frame that failed, and what waits in it is given up. */
  function fail(frame: Frame, failure: Failure, moves: Moves): void {
    if (frame.failure) return;
    frame.failure = failure;
    giveUp(frame, moves);
  }

  /** What waits in a frame will not go on. */
  function giveUp(frame: Frame, moves: Moves): void {
    for (const [key, step] of parked) {
      if (!isWithin(step.frame, frame)) continue;
      parked.delete(key);
      moves.records.push(cancelled(step.before));
      step.frame.open -= 1;
      if (step.frame !== frame && step.frame.open === 0) closeFrame(step.frame, moves);
    }
  }

  // Loops ------------------------------------------------------------------------------------------------------------

  async function beginLoop(frame: Frame, node: PlanNode, record: StepRecord): Promise<void> {
    // What it goes over is stored before anything of it runs.
    const begun: StepRecord = { ...record, status: 'running', seq: ++seq };
    const moves = noMoves();
    moves.records.push(begun);
    continueLoop(newLoop(frame, node, begun), moves);
    await apply(moves, 1);
  }

  /** Starts as many iterations as there is room for; when there are no more, the loop has ended. */
  function continueLoop(loop: Loop, moves: Moves): void {
    const { frame, node, runner, record } = loop;
    while (!loop.failure && !isStopping(frame) && loop.frames.size < runner.concurrency && hasNext(loop)) {
      const inner = iterationFrame(loop, loop.next);
      loop.frames.set(loop.next, inner);
      loop.next += 1;
      inner.open = inner.plan.starts.length;
      moves.starts.push(...inner.plan.starts.map((id) => ({ frame: inner, node: inner.plan.nodes.get(id) as PlanNode })));
    }
    if (loop.frames.size > 0) return;
    if (loop.failure) failNode(frame, node, record, loop.failure, moves);
    else if (!isStopping(frame)) finishNode(frame, node, { ...record, output: runner.output(loop.results, loop.next) }, moves);
    else leave(frame, record, moves);
  }

  /** A step that was begun will not end by itself. */
  function leave(frame: Frame, record: StepRecord, moves: Moves): void {
    moves.records.push(cancelled(record));
    frame.open -= 1;
    if (frame.open === 0) closeFrame(frame, moves);
  }

  function hasNext(loop: Loop): boolean {
    const variables = loop.runner.variables(loop.record.input, loop.next, loop.results.at(-1) ?? null);
    try {
      return loop.runner.hasNext(loop.record.input, loop.next, { ...loop.frame.scope, ...variables });
    } catch (error) {
      loop.failure = reasonOf(error);
      return false;
    }
  }

  /** Everything of a frame has ended; for an iteration that means its loop goes on. */
  function closeFrame(frame: Frame, moves: Moves): void {
    const { loop, iteration } = frame;
    if (!loop?.frames.delete(iteration)) return;
    if (frame.failure && loop.runner.isStrict) {
      if (!loop.failure) {
        loop.failure = frame.failure;
        for (const other of [...loop.frames.values()]) {
          fail(other, frame.failure, moves);
          if (other.open === 0) closeFrame(other, moves);
        }
      }
    } else {
      const result = frame.failure ? { error: { code: frame.failure.code, message: frame.failure.message } } : outputOf(frame);
      loop.results[loop.runner.keepsResults ? iteration : 0] = result;
    }
    if (!loop.isRestoring) continueLoop(loop, moves);
  }

  // Storing ----------------------------------------------------------------------------------------------------------

  /** Stores what follows; when nothing is left in hand, the same write also ends, parks or gives back the execution. */
  async function apply(moves: Moves, finished: number): Promise<void> {
    active += moves.starts.length - finished;
    const closing = active === 0 ? close(moves) : undefined;
    if (moves.records.length > 0 || closing) {
      try {
        const isHeld = await journal.append({
          lease: job.lease,
          isRecovery: job.attempts > 1,
          steps: moves.records,
          taken: moves.taken,
          children: moves.children,
          ...closing,
        });
        if (!isHeld) context.logger.warn('lease lost, another worker has this execution');
        if (closing || !isHeld) end();
        if (!isHeld) return;
      } catch (error) {
        reject(error);
        return;
      }
    }
    for (const start of moves.starts) begin(start);
  }

  function close(moves: Moves): Partial<JournalEntry> {
    clearTimeout(timer);
    const { id, parentId, startedAt } = execution;
    const ending: Ending | undefined = isCancelled ? 'cancelled' : root.failure ? 'failed' : undefined;
    if (ending) {
      const isAwaiting = [...parked.values()].some(({ before }) => before.waitsFor?.startsWith(childSignal('')));
      giveUp(root, moves);
      const error = isCancelled ? null : (root.failure as Failure);
      // What has to be undone or called off is so by the next claim, which reads from the disk what was done.
      if (plan.hasCompensation || isAwaiting)
        return { execution: { id, startedAt, status: 'running', ending, error }, job: { type: 'released' } };
      return {
        execution: { id, startedAt, status: ending, error },
        parentId,
        job: { type: ending === 'cancelled' ? 'cancelled' : 'succeeded' },
        jobs: ending === 'failed' ? errorWorkflowJobs(execution, options.settings) : [],
      };
    }
    if (root.progress.remaining() === 0)
      return { execution: { id, startedAt, status: 'succeeded', output: outputOf(root) }, parentId, job: { type: 'succeeded' } };
    if (isHeldBack || parked.size === 0) return { execution: { id, startedAt, status: 'queued' }, job: { type: 'released' } };
    const runAt = nextDue();
    if (runAt) options.onParked(runAt);
    return { execution: { id, startedAt, status: 'waiting' }, job: { type: 'scheduled', runAt } };
  }

  function end(): void {
    isOver = true;
    resolve();
  }

  async function show(step: StepRecord): Promise<void> {
    await journal.append({ lease: job.lease, isRecovery: false, steps: [step] }).catch(() => undefined);
  }

  // Waiting ----------------------------------------------------------------------------------------------------------

  function park(step: Parked): void {
    parked.set(keyOf(step.frame, step.node), step);
    clearTimeout(timer);
    const due = nextDue();
    if (due) timer = setTimeout(() => void wake(), Math.min(Math.max(due.getTime() - Date.now(), 0), 2_147_483_647));
  }

  function nextDue(): Date | undefined {
    const times = [...parked.values()].flatMap(({ before }) => before.resumeAt?.getTime() ?? []);
    if (deadline) times.push(deadline.getTime());
    return times.length > 0 ? new Date(Math.min(...times)) : undefined;
  }

  /** Goes on with the parked steps whose time has come while others are still in hand. */
  async function wake(): Promise<void> {
    if (isOver || active === 0) return;
    // What was said in time counts, also when its news has not come yet.
    if ([...parked.values()].some(({ before }) => before.waitsFor !== null && isDue(before))) await hear();
    if (isOver || active === 0) return;
    for (const [key, step] of parked) {
      if (isDue(step.before)) unpark(key, () => begin(step));
    }
    const due = nextDue();
    if (due && parked.size > 0)
      timer = setTimeout(() => void wake(), Math.min(Math.max(due.getTime() - Date.now(), 1), 2_147_483_647));
  }

  function isDue({ resumeAt }: StepRecord): boolean {
    return resumeAt !== null && resumeAt.getTime() <= Date.now();
  }

  function unpark(key: string, next: () => void): void {
    parked.delete(key);
    active += 1;
    next();
  }

  /** Something was said to the execution while it is in hand. */
  async function hear(): Promise<void> {
    try {
      const { signals, ending } = await options.news();
      if (isOver) return;
      for (const signal of signals) if (!taken.has(signal.id)) unread.set(signal.id, signal);
      if (ending === 'cancelled') cancel();
      for (const [key, step] of parked) {
        const signal = step.before.waitsFor === null ? undefined : takeSignal(step.before.waitsFor);
        if (signal) unpark(key, () => void resume(step.frame, step.node, step.before, signal));
      }
    } catch (error) {
      context.logger.warn({ error }, 'what was said to the execution could not be read; trying again with the next heartbeat');
    }
  }

  function takeSignal(name: string): Signal | undefined {
    for (const signal of unread.values()) {
      if (signal.name !== name) continue;
      unread.delete(signal.id);
      taken.add(signal.id);
      return signal;
    }
    return undefined;
  }

  function cancel(): void {
    isCancelled = true;
    stop.abort(new Error('the execution was cancelled'));
  }

  function outOfTime(): void {
    if (isOver || root.failure) return;
    root.failure = {
      code: 'execution_timeout',
      message: `The execution took longer than ${options.settings.timeout_seconds} s.`,
    };
    stop.abort(new Error('the execution is out of time'));
  }

  // Small things -----------------------------------------------------------------------------------------------------

  /** Whether nothing may start here any more. */
  function isStopping(frame: Frame): boolean {
    if (isCancelled) return true;
    for (let at: Frame | undefined = frame; at; at = at.loop?.frame) if (at.failure || at.loop?.failure) return true;
    return false;
  }

  /** A step that does not start, or was ended from outside. */
  function abandon(frame: Frame, node: PlanNode, before: StepRecord | undefined): Moves {
    const moves = noMoves();
    // Held back for another worker, it stays as it is stored.
    if (!isStopping(frame)) return moves;
    leave(frame, before ?? blank(frame, node), moves);
    return moves;
  }

  function cancelled(record: StepRecord): StepRecord {
    return { ...record, ...ended(), status: 'cancelled' };
  }

  function ended(): Pick<StepRecord, 'resumeAt' | 'waitsFor' | 'finishedAt' | 'seq'> {
    return { resumeAt: null, waitsFor: null, finishedAt: new Date(), seq: ++seq };
  }

  function blank(frame: Frame, node: PlanNode): StepRecord {
    return {
      executionId: execution.id,
      tenantId: execution.tenantId,
      nodePath: `${frame.prefix}${node.id}`,
      iteration: frame.iteration,
      seq: 0,
      nodeType: node.type,
      status: 'running',
      route: null,
      input: null,
      output: null,
      error: null,
      attempts: 0,
      resumeAt: null,
      waitsFor: null,
      startedAt: null,
      finishedAt: null,
    };
  }
}
