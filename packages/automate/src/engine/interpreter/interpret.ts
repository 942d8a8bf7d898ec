import { setMaxListeners } from 'node:events';
import { after, type Timer } from '../../kernel/index.ts';
import { createScope, type Signal, type StepRecord } from '../records/execution.ts';
import { apply, show } from './apply.ts';
import { expire } from './follow.ts';
import { rootFrame } from './frame.ts';
import { restore } from './restore.ts';
import { noMoves, type Run, type RunOptions } from './run.ts';
import { SHOW_RUNNING_AFTER_MS, shownAsRunning } from './running.ts';
import { begin } from './step.ts';
import { readSignals, watch } from './waiting.ts';

export interface InterpretOptions extends RunOptions {
  /** What an earlier claim has stored. */
  readonly stored: readonly StepRecord[];
  /** What was said to the execution and no step has taken yet, the oldest first. */
  readonly signals: readonly Signal[];
}

/**
 * Runs an execution until it ends, or until all that is left to do is to wait: then the job is scheduled for that time
 * and nothing stays in memory. Every outcome of a step is on disk before a successor with an effect outside starts, so after a
 * crash the next claim goes on behind the last finished step.
 */
export async function interpret({ stored, signals, ...options }: InterpretOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { execution } = options;
  const run = createRun({ ...options, stored, signals }, (error) => {
    run.isOver = true;
    if (error === undefined) resolve();
    else reject(error);
  });
  options.context.signal.addEventListener('abort', () => run.end(), { once: true });
  const stopListening = options.context.onNotified(() => void readSignals(run));
  const moves = restore(run, stored);
  expire(run, moves);
  const deadlineTimer = watchDeadline(run);
  const showing = setTimeout(() => void show(run, { execution: shownAsRunning(execution, ++run.seq) }), SHOW_RUNNING_AFTER_MS);
  void apply(run, moves, 0);
  if (run.loops.size > 0) watch(run);
  try {
    await promise;
  } finally {
    run.isOver = true;
    stopListening();
    run.timer?.clear();
    deadlineTimer?.clear();
    clearTimeout(showing);
    if (run.active > 0) run.stop.abort(new Error('the execution left this worker'));
  }
}

function createRun({ stored, signals, ...options }: InterpretOptions, end: Run['end']): Run {
  const { execution, settings } = options;
  const seconds = settings.timeout_seconds;
  const run: Run = {
    options,
    execution,
    root: rootFrame(options.plan, createScope(execution), options.linkOf),
    parked: new Map(),
    working: new Map(),
    loops: new Map(),
    unread: new Map(signals.map((signal) => [signal.id, signal])),
    taken: new Set(),
    stop: new AbortController(),
    deadline: seconds === undefined ? undefined : new Date(execution.startedAt.getTime() + seconds * 1_000),
    carried: [],
    carriedBytes: 0,
    bytes: options.storedBytes,
    hasChildren: stored.length > 0,
    seq: execution.statusSeq,
    active: 0,
    isCancelled: false,
    isHeldBack: false,
    readingSignals: 0,
    isClosing: false,
    isOver: false,
    timer: undefined,
    begin: (start) => begin(run, start),
    expire() {
      const moves = noMoves();
      expire(run, moves);
      if (moves.records.length > 0) void apply(run, moves, 0);
    },
    leave: () => void apply(run, noMoves(), 0),
    end,
  };
  setMaxListeners(0, run.stop.signal);
  if (options.plan.isInterruptible)
    run.stop.signal.addEventListener('abort', () => {
      for (const { stop } of run.working.values()) stop.abort(run.stop.signal.reason);
    });
  return run;
}

/** Ends the execution when its time is over. */
function watchDeadline(run: Run): Timer | undefined {
  if (!run.deadline) return undefined;
  const left = run.deadline.getTime() - run.options.clock.now().getTime();
  if (left > 0) return after(left, () => outOfTime(run));
  outOfTime(run);
  return undefined;
}

function outOfTime(run: Run): void {
  if (run.isOver || run.root.failure) return;
  run.root.failure = {
    code: 'execution_timeout',
    message: `The execution took longer than ${run.options.settings.timeout_seconds} s.`,
  };
  run.stop.abort(new Error('the execution is out of time'));
}
