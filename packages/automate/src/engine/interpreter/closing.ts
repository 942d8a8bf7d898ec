import type { Json } from '../../kernel/index.ts';
import { errorWorkflowJobs } from '../journal/error-workflow-jobs.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Ending, Failure } from '../records/execution.ts';
import { reasonOf } from './attempt.ts';
import { nextDue } from './due.ts';
import { giveUp } from './follow.ts';
import { outputOf } from './frame.ts';
import { storable } from './limits.ts';
import type { Moves } from './moves.ts';
import type { Run } from './run.ts';

/** How an execution is left when nothing of it is in flight: ended, waiting, or given back. */
export function close(run: Run, moves: Moves): Partial<JournalEntry> {
  const { id, startedAt } = run.options.execution;
  const isThrough = run.root.progress.remaining() === 0;
  const output = isThrough && !run.isCancelled && !run.root.failure ? takeOutput(run) : null;
  if (run.isCancelled) return endAs(run, 'cancelled', moves);
  if (run.root.failure) return endAs(run, 'failed', moves);
  if (isThrough) return { ...endOf(run), execution: { id, startedAt, status: 'succeeded', output }, job: { type: 'succeeded' } };
  if (run.isHeldBack || run.parked.size === 0)
    return { execution: { id, startedAt, status: 'queued', seq: run.nextSeq() }, job: { type: 'released' } };
  const runAt = nextDue(run);
  return { execution: { id, startedAt, status: 'waiting', seq: run.nextSeq() }, job: { type: 'scheduled', runAt } };
}

/** What waits is given up. What has to be undone is so by the next claim, which reads from the disk what was done. */
function endAs(run: Run, ending: Ending, moves: Moves): Partial<JournalEntry> {
  const { execution, plan, settings } = run.options;
  const { id, startedAt } = execution;
  const cancelsChildren = run.hasChildren;
  giveUp(run, run.root, moves);
  const error = ending === 'cancelled' ? null : (run.root.failure as Failure);
  if (plan.hasCompensation) {
    const change = { id, startedAt, status: 'running', seq: run.nextSeq(), ending, error } as const;
    return { execution: change, cancelsChildren, job: { type: 'released' } };
  }
  return {
    ...endOf(run),
    execution: { id, startedAt, status: ending, error },
    job: { type: ending === 'cancelled' ? 'cancelled' : 'succeeded' },
    jobs: ending === 'failed' ? errorWorkflowJobs(execution, settings) : [],
  };
}

/** What goes with every end: who waits for it, and what waits for nothing any more. */
function endOf({ options, hasChildren }: Run): Pick<JournalEntry, 'parentId' | 'cancelsChildren' | 'endsWaits'> {
  const endsWaits = options.settings.cancel_on !== undefined;
  return { parentId: options.execution.parentId, cancelsChildren: hasChildren, endsWaits };
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
