import type { Receipt } from './events/event.ts';
import type { JournalEntry } from './journal/journal.ts';

/** What this process has done since it started. Each map counts by status. */
export interface EngineCounters {
  readonly events: ReadonlyMap<string, number>;
  readonly steps: ReadonlyMap<string, number>;
  readonly executions: ReadonlyMap<string, number>;
  readonly dispatched: () => number;
}

/** Counts as things happen; reading costs nothing. */
export function createCounters() {
  const events = new Map<string, number>();
  const steps = new Map<string, number>();
  const executions = new Map<string, number>();
  let dispatched = 0;
  const add = (counter: Map<string, number>, status: string) => counter.set(status, (counter.get(status) ?? 0) + 1);
  return {
    counters: { events, steps, executions, dispatched: () => dispatched } satisfies EngineCounters,
    countReceipts(receipts: readonly Receipt[]): void {
      for (const { status } of receipts) add(events, status);
    },
    countDispatched(count: number): void {
      dispatched += count;
    },
    countStored(entries: readonly JournalEntry[]): void {
      for (const entry of entries) {
        for (const { status } of entry.steps) add(steps, status);
        if (entry.execution) add(executions, entry.execution.status);
      }
    },
  };
}
