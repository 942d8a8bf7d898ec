import { setMaxListeners } from 'node:events';
import { createScope, type Signal, type StepRecord } from '../records/execution.ts';
import { type Frame, keyOf, type Loop, rootFrame } from './frame.ts';
import { Inbox } from './inbox.ts';
import { requireRoom } from './limits.ts';
import type { Moves, Parked, Place, Start } from './moves.ts';
import type { RunOptions } from './run-options.ts';

/** Most records, and bytes of them, that wait for the next write. */
const MOST_CARRIED = 32;
const MOST_CARRIED_BYTES = 262_144;

/** A step at work, where something can end it while the execution goes on. */
export interface AtWork extends Start {
  record(): StepRecord;
  readonly stop: AbortController;
}

/** Takes up an item of a loop that earlier claims had begun. */
export type TakeUp = (moves: Moves) => void;

/**
 * Where an execution stands: the one mutable record of the interpreter, which alone sets its flags. The walk through the graph hangs on
 * its root frame; `follow`, `lose` and `restore` move it on, and nothing else does.
 */
export class Run {
  readonly options: RunOptions;
  readonly root: Frame;
  readonly deadline: Date | undefined;
  /** Steps that wait, by key. */
  readonly parked = new Map<string, Parked>();
  /** Steps at work, by key, where joins can cancel losers. */
  readonly working = new Map<string, AtWork>();
  /** Loops in flight, with the items that wait for their turn to be taken up. */
  readonly loops = new Map<Loop, TakeUp[]>();
  /** What was said to it and no step has taken. */
  readonly inbox: Inbox;
  /** Aborts the steps that run: the execution was cancelled, is out of time, or another worker has it. */
  readonly stop = new AbortController();
  /** Whether it may have started executions. */
  hasChildren: boolean;
  /** Whether something could have started but was left to another worker. */
  isHeldBack = false;
  /** Whether it is being stored that it leaves this worker. */
  isClosing = false;
  /** Whether it left this worker. */
  isOver = false;
  /** Whether something is due at another time than the timer knows of. */
  hasOtherDue = false;
  /** How many looks at what was said to it are under way. */
  looks = 0;
  #isCancelled = false;
  #active = 0;
  #seq: number;
  #bytes: number;
  /** What was decided without effect outside and is stored with what comes next. */
  #carried: StepRecord[] = [];
  #carriedBytes = 0;

  constructor(options: RunOptions, signals: readonly Signal[], hasHistory: boolean) {
    const { execution, plan, settings } = options;
    const seconds = settings.timeout_seconds;
    this.options = options;
    this.root = rootFrame(plan, createScope(execution), options.linkOf);
    this.deadline = seconds === undefined ? undefined : new Date(execution.startedAt.getTime() + seconds * 1_000);
    this.hasChildren = hasHistory;
    this.#seq = execution.statusSeq;
    this.#bytes = options.storedBytes;
    this.inbox = new Inbox(signals);
    const { signal } = this.stop;
    setMaxListeners(0, signal);
    if (plan.isInterruptible)
      signal.addEventListener('abort', () => {
        for (const { stop } of this.working.values()) stop.abort(signal.reason);
      });
  }

  // What is in flight.

  /** Steps in flight, including those whose outcome is being stored. */
  get active(): number {
    return this.#active;
  }

  /** So many steps more are in flight, or fewer. */
  count(steps: number): void {
    this.#active += steps;
  }

  /** Whether nothing of it is in flight, nor about to be. */
  get isIdle(): boolean {
    return this.#active === 0 && this.looks === 0 && !this.isClosing && !this.isOver;
  }

  /** Lets a step wait for its time, or for a signal. */
  park(step: Parked): void {
    this.parked.set(keyOf(step.frame, step.node), step);
    this.hasOtherDue = true;
  }

  /** A step that was parked is in flight again; undefined when it is not parked any more. */
  unpark(key: string): Parked | undefined {
    const step = this.parked.get(key);
    if (this.parked.delete(key)) this.#active += 1;
    return step;
  }

  /** @param later its items that are taken up one after the other */
  enterLoop(loop: Loop, later: TakeUp[]): void {
    this.loops.set(loop, later);
    if (loop.record.resumeAt) this.hasOtherDue = true;
  }

  /** Notes that a step is at work, and how to stop it alone, where that may be; otherwise it stops with the others. */
  work(start: Start, record: () => StepRecord): AtWork | undefined {
    if (!this.options.plan.isInterruptible) return undefined;
    const working = { ...start, record, stop: new AbortController() };
    if (this.stop.signal.aborted) working.stop.abort(this.stop.signal.reason);
    this.working.set(keyOf(start.frame, start.node), working);
    return working;
  }

  /** It is not at work any more. */
  rest(working: AtWork): void {
    const key = keyOf(working.frame, working.node);
    if (this.working.get(key) === working) this.working.delete(key);
  }

  // Whether it goes on.

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.stop.abort(new Error('the execution was cancelled'));
  }

  outOfTime(): void {
    if (this.isOver || this.root.failure) return;
    const seconds = this.options.settings.timeout_seconds;
    this.root.failure = { code: 'execution_timeout', message: `The execution took longer than ${seconds} s.` };
    this.stop.abort(new Error('the execution is out of time'));
  }

  /** Whether nothing may start here any more. */
  isStopping(frame: Frame): boolean {
    if (this.#isCancelled) return true;
    for (let at: Frame | undefined = frame; at; at = at.loop?.frame) if (at.failure || at.loop?.failure) return true;
    return false;
  }

  /** Whether a step, or a loop that it lies in, has lost a race: what it comes to does not count, and that is stored already. */
  isLost({ frame, node }: Place): boolean {
    if (!this.options.plan.isInterruptible) return false;
    if (frame.progress.isLost(node.id)) return true;
    for (let { loop } = frame; loop; loop = loop.frame.loop) if (loop.frame.progress.isLost(loop.node.id)) return true;
    return false;
  }

  // What is stored of it.

  /** Number of the next change. */
  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  /** A change was numbered like this by an earlier claim. */
  noteSeq(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
  }

  /** More inputs and outputs are about to be stored. @throws StepError `execution_too_large` */
  takeRoom(bytes: number): void {
    requireRoom(this.#bytes + bytes, this.options.limits);
    this.#bytes += bytes;
  }

  /** Keeps records until the next write; false when they are too many or too heavy for that. */
  carry(records: readonly StepRecord[], bytes: number): boolean {
    const isTooMuch = this.#carried.length + records.length > MOST_CARRIED || this.#carriedBytes + bytes > MOST_CARRIED_BYTES;
    if (isTooMuch) return false;
    this.#carried.push(...records);
    this.#carriedBytes += bytes;
    return true;
  }

  /** What was carried is stored now, before these. */
  withCarried(records: readonly StepRecord[]): readonly StepRecord[] {
    if (this.#carried.length === 0) return records;
    const all = [...this.#carried, ...records];
    this.#carried = [];
    this.#carriedBytes = 0;
    return all;
  }
}
