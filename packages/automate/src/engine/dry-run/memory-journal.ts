import type { ExecutionChange } from '../journal/execution.store.ts';
import type { Journal } from '../journal/journal.ts';
import type { StepRecord } from '../records/execution.ts';

export interface MemoryJournal extends Journal {
  /** As they were last, in the order of that. */
  steps(): StepRecord[];
  last(): ExecutionChange | undefined;
}

/** Keeps in memory what an execution says. */
export function createMemoryJournal({ onStep }: { onStep(count: number): void }): MemoryJournal {
  const steps = new Map<string, StepRecord>();
  let last: ExecutionChange | undefined;
  return {
    async append({ steps: changed, execution }) {
      for (const step of changed) steps.set(`${step.nodePath} ${step.iteration}`, step);
      if (execution) last = execution;
      onStep(steps.size);
      // As a database would: timers and other requests have their turn.
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    },
    steps: () => [...steps.values()].sort((left, right) => left.seq - right.seq),
    last: () => last,
  };
}
