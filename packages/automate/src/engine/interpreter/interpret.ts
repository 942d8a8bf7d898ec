import { after, type Timer, turns } from '../../kernel/index.ts';
import type { Signal, StepRecord } from '../records/execution.ts';
import type { StepResult } from '../steps/step-result.ts';
import { Alarm } from './alarm.ts';
import { close } from './closing.ts';
import { isDue } from './due.ts';
import { abandon, expire } from './follow.ts';
import { beginLoop, begunAgain, continueAgain } from './loops.ts';
import { canWait, type Moves, noMoves, type Parked, type Start, type Tried } from './moves.ts';
import { failOrRetry, settle, succeed, takeUp, timeOut, withResult } from './outcome.ts';
import { isOutage, type Made, makesSomething, prepare, settleMade } from './prepare.ts';
import { Recorder, weightOfAll } from './recorder.ts';
import { restore } from './restore.ts';
import { Run } from './run.ts';
import type { RunOptions } from './run-options.ts';
import { SHOW_RUNNING_AFTER_MS, shownAsRunning } from './running.ts';
import { standingOf } from './standing.ts';
import { StepTry } from './step-try.ts';

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
  await new Interpreter(new Run(options, signals, stored.length > 0)).run(stored);
}

/**
 * The state machine, in the order in which an execution passes it: what is stored is replayed ({@link Interpreter.run}), steps begin or go on
 * by how they stand, one is tried, what came of it is concluded, that is recorded together with what follows, and the steps that follow
 * begin. When nothing is in flight any more, the same record ends the execution or lets it wait. From the moment when something is
 * concluded until it is handed to the journal nothing is awaited, so that records stand there in the order of what happened.
 */
class Interpreter {
  readonly #options: RunOptions;
  readonly #run: Run;
  readonly #recorder: Recorder;
  readonly #over = Promise.withResolvers<void>();
  readonly #alarm = new Alarm(() => void this.#wake());

  constructor(run: Run) {
    this.#options = run.options;
    this.#run = run;
    this.#recorder = new Recorder(run, (error) => this.#end(error));
  }

  // Load, and replay what is stored.

  async run(stored: readonly StepRecord[]): Promise<void> {
    const { context, execution } = this.#options;
    const run = this.#run;
    context.signal.addEventListener('abort', () => this.#end(), { once: true });
    const stopListening = context.onNotified(() => void this.#readSignals());
    const moves = restore(run, stored);
    expire(run, moves);
    const deadlineTimer = this.#watchDeadline();
    const show = () => void this.#recorder.show({ execution: shownAsRunning(execution, run.nextSeq()) });
    const showing = setTimeout(show, SHOW_RUNNING_AFTER_MS);
    void this.#record(moves, 0);
    try {
      await this.#over.promise;
    } finally {
      run.isOver = true;
      stopListening();
      this.#alarm.clear();
      deadlineTimer?.clear();
      clearTimeout(showing);
      if (run.active > 0) run.stop.abort(new Error('the execution left this worker'));
    }
  }

  // Next steps.

  /** Begins a step, or goes on with it, when the event loop has time for it. */
  #begin(start: Start): void {
    turns.run(() => this.#goOn(start));
  }

  #goOn(start: Start): void {
    const run = this.#run;
    if (run.isOver) return;
    const { frame, node } = start;
    switch (standingOf(run, start)) {
      case 'lost':
        void this.#record(noMoves(), 1);
        break;
      case 'ready':
        void this.#attempt(start);
        break;
      case 'loop_again':
        void this.#tryLoopAgain(start as Parked);
        break;
      case 'waiting':
        this.#setAside(start as Parked);
        break;
      case 'timed_out':
        void this.#record(timeOut(run, start as Parked), 1);
        break;
      case 'woken':
        void this.#record(succeed(run, { frame, node, record: (start as Parked).before }), 1);
        break;
      case 'signalled':
        void this.#record(takeUp(run, start as Parked), 1);
    }
  }

  // Attempt.

  async #attempt(start: Start): Promise<void> {
    const run = this.#run;
    const { frame, node, before } = start;
    const isStopping = run.isStopping(frame);
    if (isStopping || this.#options.context.isDraining()) {
      run.isHeldBack ||= !isStopping;
      void this.#record(abandon(run, frame, node, before), 1);
      return;
    }
    const attempt = new StepTry(run, start, this.#recorder);
    const attempted = attempt.end(await attempt.run());
    if (this.#options.context.signal.aborted || run.isOver) return;
    const { record } = attempt;
    if (run.isLost(start)) void this.#record(noMoves(), 1);
    else if (attempted.type === 'aborted') void this.#record(abandon(run, frame, node, record), 1);
    else if (attempted.type === 'failed')
      void this.#record(failOrRetry(run, { frame, node, record }, attempted.error, attempted.reason), 1);
    else this.#conclude({ frame, node, record }, attempted);
  }

  // What came of it.

  #conclude(tried: Tried, { result, outputBytes }: { result: StepResult; outputBytes: number }): void {
    const run = this.#run;
    const { frame, node } = tried;
    if (node.runner.loop && node.body) {
      void this.#record(beginLoop(run, tried), 1);
      return;
    }
    let done: Tried;
    try {
      done = { frame, node, record: withResult(run, tried.record, result, outputBytes) };
    } catch (error) {
      void this.#record(failOrRetry(run, tried, error), 1);
      return;
    }
    if (makesSomething(result)) void this.#make(done, result);
    else void this.#record(settle(run, done, result), 1);
  }

  /** It starts another execution or sends an event: what can be wrong with that is found out before anything is stored. */
  async #make(tried: Tried, result: StepResult): Promise<void> {
    const run = this.#run;
    const { frame, node, record } = tried;
    let made: Made;
    try {
      made = await prepare(run, tried, result);
    } catch (error) {
      if (isOutage(error)) this.#end(error);
      else void this.#record(run.isLost(tried) ? noMoves() : failOrRetry(run, tried, error), 1);
      return;
    }
    if (run.isLost(tried)) void this.#record(noMoves(), 1);
    else if (run.isStopping(frame)) void this.#record(abandon(run, frame, node, record), 1);
    else void this.#record(settleMade(run, tried, made), 1);
  }

  /** A loop goes over the same once more. */
  async #tryLoopAgain(step: Parked): Promise<void> {
    const run = this.#run;
    const { frame, node } = step;
    if (this.#options.context.isDraining()) {
      run.isHeldBack = true;
      void this.#record(noMoves(), 1);
      return;
    }
    const again: Tried = { frame, node, record: begunAgain(run, step) };
    try {
      // Stored first, so that all of the try before is on the disk when it is read.
      if (!(await this.#recorder.append(again.record))) return this.#end();
      const stored = await this.#options.history();
      if (run.isOver) return;
      if (run.isLost(step)) void this.#record(noMoves(), 1);
      else if (run.isStopping(frame)) void this.#record(abandon(run, frame, node, again.record), 1);
      else void this.#record(continueAgain(run, again, stored), 1);
    } catch (error) {
      this.#end(error);
    }
  }

  // Record, and begin what follows; or wait, or end.

  /**
   * Stores what follows, then begins the next steps; when nothing is left in flight, the same write also ends, parks or gives back
   * the execution. Where all that begins is without effect outside, nobody could tell whether the steps before it were stored:
   * they are stored with what comes next.
   */
  async #record(moves: Moves, finished: number): Promise<void> {
    const run = this.#run;
    run.count(moves.starts.length - finished);
    if (run.hasOtherDue) this.#alarm.set(run);
    if (!canWait(moves) || !run.carry(moves.records, weightOfAll(moves.records))) {
      const closing = run.isIdle ? this.#close(moves) : undefined;
      const steps = run.withCarried(moves.records);
      if ((steps.length > 0 || closing) && !(await this.#recorder.store(moves, steps, closing))) return;
    }
    for (const start of moves.starts) this.#begin(start);
  }

  #close(moves: Moves): ReturnType<typeof close> {
    this.#alarm.clear();
    const closing = close(this.#run, moves);
    this.#run.isClosing = true;
    return closing;
  }

  /** Parks a step that was already in flight. */
  #setAside(step: Parked): void {
    const run = this.#run;
    run.count(-1);
    run.park(step);
    if (run.active === 0) void this.#record(noMoves(), 0);
    else this.#alarm.set(run);
  }

  /** @param error why the claim cannot go on, when it cannot */
  #end(error?: unknown): void {
    this.#run.isOver = true;
    if (error === undefined) this.#over.resolve();
    else this.#over.reject(error);
  }

  // What comes from outside: the time, and signals.

  /** Goes on with the parked steps whose time has come while others are still in flight, and ends the loops whose time is over. */
  async #wake(): Promise<void> {
    const run = this.#run;
    if (run.isOver || run.active === 0) return;
    // What was said in time counts, also when its news has not come yet.
    if ([...run.parked.values()].some(({ before }) => before.waitsFor !== null && isDue(run, before))) await this.#readSignals();
    if (run.isOver || run.active === 0) return;
    this.#unparkWhere(({ before }) => isDue(run, before));
    const moves = noMoves();
    expire(run, moves);
    if (moves.records.length > 0) void this.#record(moves, 0);
    if (run.parked.size > 0 || run.loops.size > 0) this.#alarm.set(run);
  }

  /** Ends the execution when its time is over. */
  #watchDeadline(): Timer | undefined {
    const run = this.#run;
    if (!run.deadline) return undefined;
    const left = run.deadline.getTime() - run.options.clock.now().getTime();
    if (left > 0) return after(left, () => run.outOfTime());
    run.outOfTime();
    return undefined;
  }

  /**
   * Something was said to the execution while it is in flight. To look takes the mark off its job, so it is not left meanwhile; and
   * once it is being left, the mark stays for the next claim.
   */
  async #readSignals(): Promise<void> {
    const run = this.#run;
    if (run.isClosing || run.isOver) return;
    run.looks += 1;
    try {
      const { signals, ending } = await this.#options.news();
      if (!run.isOver) this.#listen(signals, ending === 'cancelled');
    } catch (error) {
      const message = 'what was said to the execution could not be read; trying again with the next heartbeat';
      this.#options.context.logger.warn({ error }, message);
    }
    run.looks -= 1;
    if (run.isIdle) void this.#record(noMoves(), 0);
  }

  #listen(signals: readonly Signal[], isCancelled: boolean): void {
    const run = this.#run;
    run.inbox.add(signals);
    if (isCancelled) run.cancel();
    this.#unparkWhere(({ before }) => before.waitsFor !== null && run.inbox.has(before.waitsFor));
  }

  #unparkWhere(isMeant: (step: Parked) => boolean): void {
    for (const [key, step] of this.#run.parked) {
      if (!isMeant(step)) continue;
      this.#run.unpark(key);
      this.#begin(step);
    }
  }
}
