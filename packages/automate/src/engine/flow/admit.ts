import type { Queryable } from '../../db/index.ts';
import { enqueue, type Slot } from '../../jobs/index.ts';
import type { NewExecution } from '../executions/execution.store.ts';
import { executionJob } from '../executions/execution-job.ts';
import type { Admission } from './flow.ts';
import { nameOf, ownNameOf } from './names.ts';
import type { JobRate } from './rate-gate.ts';

/** An execution that is to be queued, and what its workflow's settings say about when. */
export interface Candidate {
  readonly execution: NewExecution;
  readonly admission: Admission;
  /** Of the trigger that starts it. */
  readonly priority?: number;
  readonly hasHistory?: boolean;
}

/**
 * Queues executions: at once, or in turn where only so many may run at a time. One under a rate limit asks for its place when it is
 * about to start.
 */
export async function admit(transaction: Queryable, candidates: readonly Candidate[]): Promise<void> {
  await enqueue(
    transaction,
    candidates.map((candidate) => {
      const { execution, admission, priority = 0, hasHistory = false } = candidate;
      const slot = slotOf(execution, admission);
      return {
        ...executionJob(execution, Math.max(-100, Math.min(100, priority + admission.priority))),
        hasHistory,
        ...(admission.rate && { payload: { rate: rateOf(execution, admission.rate) } }),
        ...(slot && { slot }),
      };
    }),
  );
}

function slotOf({ tenantId, workflowId }: NewExecution, { concurrency }: Admission): Slot | undefined {
  if (!concurrency) return undefined;
  const owner = concurrency.scope === 'tenant' ? `tenant ${tenantId}` : `workflow ${workflowId}`;
  return { name: nameOf(owner, concurrency.key), capacity: concurrency.limit };
}

function rateOf(execution: NewExecution, { limit, periodMs, key }: NonNullable<Admission['rate']>): JobRate {
  return { name: ownNameOf(execution, key), limit, period_ms: periodMs };
}
