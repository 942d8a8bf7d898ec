import { after } from '../../kernel/index.ts';
import type { Signal, StepRecord } from '../records/execution.ts';
import { keyOf } from './frame.ts';
import { isIdle, type Parked, type Run } from './run.ts';

/** Lets a step wait for its time, or for a signal. */
export function park(run: Run, step: Parked): void {
  run.parked.set(keyOf(step.frame, step.node), step);
  watch(run);
}

/** Sets the timer anew for what is due next. */
export function watch(run: Run): void {
  run.timer?.clear();
  wakeWhenDue(run);
}

function wakeWhenDue(run: Run): void {
  const due = nextDue(run);
  if (!due) return;
  const left = due.getTime() - run.options.clock.now().getTime();
  run.timer = after(Math.max(left, 1), () => void wake(run));
}

/** When the next parked step or loop is due, or the execution out of time. */
export function nextDue(run: Run): Date | undefined {
  const times = [...run.parked.values()].flatMap(({ before }) => before.resumeAt?.getTime() ?? []);
  for (const { record, failure } of run.loops.keys()) if (record.resumeAt && !failure) times.push(record.resumeAt.getTime());
  if (run.deadline) times.push(run.deadline.getTime());
  return times.length > 0 ? new Date(Math.min(...times)) : undefined;
}

/** Goes on with the parked steps whose time has come while others are still in flight. */
async function wake(run: Run): Promise<void> {
  if (run.isOver || run.active === 0) return;
  // What was said in time counts, also when its news has not come yet.
  if ([...run.parked.values()].some(({ before }) => before.waitsFor !== null && isDue(run, before))) await readSignals(run);
  if (run.isOver || run.active === 0) return;
  for (const [key, step] of run.parked) {
    if (isDue(run, step.before)) unpark(run, key);
  }
  run.expire();
  if (run.parked.size > 0 || run.loops.size > 0) watch(run);
}

/** Whether the time has come that a step waits for. */
export function isDue(run: Run, { resumeAt }: StepRecord): boolean {
  return resumeAt !== null && resumeAt.getTime() <= run.options.clock.now().getTime();
}

/** Goes on with a parked step. */
function unpark(run: Run, key: string): void {
  const step = run.parked.get(key);
  if (!step) return;
  run.parked.delete(key);
  run.active += 1;
  run.begin(step);
}

/**
 * Something was said to the execution while it is in flight. To look takes the mark off its job, so it is not left meanwhile; and
 * once it is being left, the mark stays for the next claim.
 */
export async function readSignals(run: Run): Promise<void> {
  if (run.isClosing || run.isOver) return;
  run.readingSignals += 1;
  await listen(run);
  run.readingSignals -= 1;
  if (isIdle(run)) run.leave();
}

async function listen(run: Run): Promise<void> {
  try {
    const { signals, ending } = await run.options.news();
    if (run.isOver) return;
    for (const signal of signals) if (!run.taken.has(signal.id)) run.unread.set(signal.id, signal);
    if (ending === 'cancelled') cancel(run);
    for (const [key, { before }] of run.parked) {
      if (before.waitsFor !== null && isSaid(run, before.waitsFor)) unpark(run, key);
    }
  } catch (error) {
    run.options.context.logger.warn(
      { error },
      'what was said to the execution could not be read; trying again with the next heartbeat',
    );
  }
}

function cancel(run: Run): void {
  run.isCancelled = true;
  run.stop.abort(new Error('the execution was cancelled'));
}

function isSaid(run: Run, name: string): boolean {
  for (const signal of run.unread.values()) if (signal.name === name) return true;
  return false;
}

/** The oldest signal of a name that no step has taken yet; it is taken now. */
export function takeSignal(run: Run, name: string): Signal | undefined {
  for (const signal of run.unread.values()) {
    if (signal.name !== name) continue;
    run.unread.delete(signal.id);
    run.taken.add(signal.id);
    return signal;
  }
  return undefined;
}
