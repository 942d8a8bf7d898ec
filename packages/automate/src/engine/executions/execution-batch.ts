import type { Db } from '../../db/index.ts';
import { batchHandler, type JobHandler } from '../../jobs/index.ts';
import type { Actor } from '../actor.ts';
import { countMatching, type ExecutionFilter, matching } from '../journal/batch.store.ts';
import type { ExecutionControl } from './execution-control.ts';
import type { Replays } from './replay.ts';

export const EXECUTION_BATCH = 'execution_batch';

/** What the job of a batch holds. */
export interface ExecutionBatch {
  readonly action: 'cancel' | 'replay';
  readonly filter: ExecutionFilter;
  readonly from: 'start' | 'failed_step';
  readonly version?: number | 'latest' | undefined;
  /** Who started it, with what they might do then. */
  readonly actor: Actor;
}

/** Cancels or replays many executions. */
export function executionBatchHandler(options: {
  db: Db;
  control: ExecutionControl;
  replays: Replays;
  onQueued(): void;
  notify(executionIds: readonly string[]): void;
}): JobHandler {
  const { db, control, replays, onQueued, notify } = options;
  return batchHandler<ExecutionBatch>({
    kind: EXECUTION_BATCH,
    db,
    count: (transaction, { filter }, until) => countMatching(transaction, { filter, until }),
    next: (transaction, { payload, ...page }) => matching(transaction, { filter: payload.filter, ...page }),
    async work(transaction, { id, payload: { action, from, version, actor }, traceId }) {
      if (action === 'cancel') return control.cancelWithin(transaction, id);
      const fromStep = from === 'failed_step' ? await replays.failedStep(transaction, id) : undefined;
      await replays.replayWithin(transaction, actor, id, { fromStep, version, traceId });
    },
    onDone(ids) {
      // Those that were replayed have ended, and no worker has them.
      notify(ids);
      onQueued();
    },
  });
}
