import type { Json } from '../../kernel/index.ts';
import { errorWorkflowJobs } from '../journal/error-workflow-jobs.ts';
import type { ExecutionChange } from '../journal/execution.store.ts';
import { isRefusal, type JournalEntry, weightOf } from '../journal/journal.ts';
import type { Ending, Failure, StepRecord } from '../records/execution.ts';
import { reasonOf } from './attempt.ts';
import { giveUp } from './follow.ts';
import { outputOf } from './frame.ts';
import { storable } from './limits.ts';
import { failRefused, refusedStep } from './refused.ts';
import { isIdle, type Moves, type Run } from './run.ts';
import { nextDue } from './waiting.ts';

/** Most records, and bytes of them, that wait for the next write. */
const MOST_CARRIED = 32;
const MOST_CARRIED_BYTES = 262_144;

/**
 * Stores what follows, then begins the next steps; when nothing is left in flight, the same write also ends, parks or gives back
 * the execution. Where all that begins is without effect outside, nobody could tell whether the steps before it were stored:
 * they are stored with what comes next.
 */
export async function apply(run: Run, moves: Moves, finished: number): Promise<void> {
  run.active += moves.starts.length - finished;
  if (canWait(run, moves)) {
    run.carried.push(...moves.records);
    run.carriedBytes += weightOfAll(moves.records);
  } else {
    const closing = isIdle(run) ? close(run, moves) : undefined;
    if (closing) run.isClosing = true;
    const steps = run.carried.length > 0 ? [...run.carried, ...moves.records] : moves.records;
    run.carried = [];
    run.carriedBytes = 0;
    if ((steps.length > 0 || closing) && !(await store(run, moves, steps, closing))) return;
  }
  for (const start of moves.starts) run.begin(start);
}

function canWait(run: Run, { starts, records, taken, children, eventWaits, emitted, closes, forgets }: Moves): boolean {
  if (starts.length === 0 || records.length === 0 || taken.length > 0 || children.length > 0) return false;
  if (eventWaits || emitted || closes || forgets) return false;
  if (run.carried.length + records.length > MOST_CARRIED) return false;
  if (!starts.every(({ node, before }) => node.runner.isPure && !before && node.secrets.length === 0)) return false;
  return run.carriedBytes + weightOfAll(records) <= MOST_CARRIED_BYTES;
}

function weightOfAll(records: readonly StepRecord[]): number {
  return records.reduce((sum, record) => sum + weightOf(record), 0);
}

/**
 * Stores how something stands that is still in flight. What is carried goes with it, since whoever follows the execution goes by the
 * numbers of its changes.
 */
export async function show(run: Run, shown: { step?: StepRecord; execution?: ExecutionChange }): Promise<void> {
  if (run.isClosing || run.isOver) return;
  const { journal, job } = run.options;
  const { carried } = run;
  run.carried = [];
  run.carriedBytes = 0;
  const steps = shown.step ? [...carried, shown.step] : carried;
  const entry = { lease: job.lease, isRecovery: job.attempts > 1 && carried.length > 0, steps };
  try {
    await journal.append(shown.execution ? { ...entry, execution: shown.execution } : entry);
  } catch (error) {
    if (carried.length > 0) await fail(run, { ...entry, steps: carried }, error);
  }
}

/**
 * Stores what a step is about to work on, before it does.
 * @throws StepError `not_storable` when the database refuses it; anything else when this worker cannot go on with the execution
 */
export async function storeFirst(run: Run, step: StepRecord): Promise<void> {
  if (run.isClosing || run.isOver) throw new Error('the execution left this worker');
  const { journal, job, context } = run.options;
  const steps = [...run.carried, step];
  run.carried = [];
  run.carriedBytes = 0;
  let isHeld = false;
  try {
    isHeld = await journal.append({ lease: job.lease, isRecovery: job.attempts > 1, steps });
  } catch (error) {
    if (steps.length === 1 && isRefusal(error, weightOf(step))) throw refusedStep(error);
    run.end(error);
    throw error;
  }
  if (isHeld) return;
  context.logger.warn('lease lost, another worker has this execution');
  run.end();
  throw new Error('the lease was lost');
}

/** Without the database this claim is over, and another one goes on; what it refuses is the fault of a step. */
async function fail(run: Run, entry: JournalEntry, error: unknown): Promise<void> {
  if (!isRefusal(error, weightOfAll(entry.steps))) return run.end(error);
  await failRefused(run, entry, error).then(
    () => run.end(),
    (reason: unknown) => run.end(reason),
  );
}

/** Whether it is stored and this worker goes on with the execution or has ended it. */
async function store(
  run: Run,
  { taken, children, eventWaits, emitted, closes, forgets }: Omit<Moves, 'records' | 'starts'>,
  steps: readonly StepRecord[],
  closing: Partial<JournalEntry> | undefined,
): Promise<boolean> {
  const { journal, job, context } = run.options;
  const isRecovery = job.attempts > 1;
  const entry = { lease: job.lease, isRecovery, steps, taken, children, eventWaits, emitted, closes, forgets, ...closing };
  try {
    const isHeld = await journal.append(entry);
    // Not before: whoever looks for it then would not find it.
    if (isHeld && closing?.job?.type === 'scheduled' && closing.job.runAt) run.options.onParked(closing.job.runAt);
    if (!isHeld) context.logger.warn('lease lost, another worker has this execution');
    if (closing || !isHeld) run.end();
    return isHeld;
  } catch (error) {
    await fail(run, entry, error);
    return false;
  }
}

/** How the execution is left when nothing of it is in flight: ended, waiting, or given back. */
function close(run: Run, moves: Moves): Partial<JournalEntry> {
  run.timer?.clear();
  const { id, parentId, startedAt } = run.execution;
  const output = !run.isCancelled && !run.root.failure && run.root.progress.remaining() === 0 ? takeOutput(run) : null;
  const cancelsChildren = run.hasChildren;
  const endsWaits = run.options.settings.cancel_on !== undefined;
  const ending: Ending | undefined = run.isCancelled ? 'cancelled' : run.root.failure ? 'failed' : undefined;
  if (ending) {
    giveUp(run, run.root, moves);
    const error = run.isCancelled ? null : (run.root.failure as Failure);
    // What has to be undone is so by the next claim, which reads from the disk what was done.
    if (run.options.plan.hasCompensation)
      return {
        execution: { id, startedAt, status: 'running', seq: ++run.seq, ending, error },
        cancelsChildren,
        job: { type: 'released' },
      };
    return {
      execution: { id, startedAt, status: ending, error },
      parentId,
      cancelsChildren,
      endsWaits,
      job: { type: ending === 'cancelled' ? 'cancelled' : 'succeeded' },
      jobs: ending === 'failed' ? errorWorkflowJobs(run.execution, run.options.settings) : [],
    };
  }
  if (run.root.progress.remaining() === 0)
    return {
      execution: { id, startedAt, status: 'succeeded', output },
      parentId,
      cancelsChildren,
      endsWaits,
      job: { type: 'succeeded' },
    };
  if (run.isHeldBack || run.parked.size === 0)
    return { execution: { id, startedAt, status: 'queued', seq: ++run.seq }, job: { type: 'released' } };
  const runAt = nextDue(run);
  return { execution: { id, startedAt, status: 'waiting', seq: ++run.seq }, job: { type: 'scheduled', runAt } };
}

/** What the execution gives out; that of several last steps together may be too large, and then it fails. */
function takeOutput(run: Run): Json {
  const { plan } = run.root;
  const output = outputOf(run.root);
  if (plan.ends.length === 1) return output;
  try {
    return storable('output', output, run.options.limits).value;
  } catch (error) {
    run.root.failure = reasonOf(error);
    return null;
  }
}
