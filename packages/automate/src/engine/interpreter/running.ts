import type { ExecutionChange } from '../journal/execution.store.ts';
import type { LoadedExecution } from '../records/execution.ts';

/** What is in flight longer than this, an execution or a step of it, is shown as running before it ends: most have ended by then. */
export const SHOW_RUNNING_AFTER_MS = 250;

/** @param seq number of this change of the execution */
export function shownAsRunning({ id, startedAt, ending, error }: LoadedExecution, seq: number): ExecutionChange {
  return { id, startedAt, ending, error, seq, status: 'running' };
}
