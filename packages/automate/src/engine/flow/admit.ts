import type { Queryable } from '../../db/index.ts';
import { enqueue } from '../../jobs/index.ts';
import { insertEventWaits } from '../event-waits/event-wait.store.ts';
import { lookBackJob } from '../event-waits/jobs.ts';
import { executionJob } from '../records/execution-job.ts';
import type { NewExecution } from '../records/new-execution.ts';
import { type Candidate, slotOf } from './candidate.ts';
import { concurrencyJobs } from './concurrency.ts';
import type { Admission } from './flow.ts';
import { ownNameOf } from './names.ts';
import type { JobRate } from './rate-gate.ts';

/**
 * Queues executions: at once, or in turn where only so many may run at a time. One under a rate limit asks for its place when it is
 * about to start.
 */
export async function admit(transaction: Queryable, candidates: readonly Candidate[]): Promise<void> {
  await noteCancellers(transaction, candidates);
  await enqueue(
    transaction,
    candidates.map((candidate) => {
      const { execution, admission, priority = 0, hasHistory = false } = candidate;
      const slot = slotOf(candidate);
      return {
        ...executionJob(execution, Math.max(-100, Math.min(100, priority + admission.priority))),
        hasHistory,
        ...(admission.rate && { payload: { rate: rateOf(execution, admission.rate) } }),
        ...(slot && { slot }),
      };
    }),
  );
  await enqueue(transaction, await concurrencyJobs(transaction, candidates));
}

/** From now on the events that cancel these executions are looked for, and those that have come since they were started. */
async function noteCancellers(transaction: Queryable, candidates: readonly Candidate[]): Promise<void> {
  const waits = candidates.flatMap(({ execution: { id: executionId, tenantId, traceId }, admission: { cancelledBy } }) =>
    cancelledBy.map((awaited, place) => ({ ...awaited, executionId, tenantId, traceId, step: '', place })),
  );
  if (waits.length === 0) return;
  await insertEventWaits(transaction, waits);
  await enqueue(transaction, waits.filter(({ place }) => place === 0).map(lookBackJob));
}

function rateOf(execution: NewExecution, { limit, periodMs, key }: NonNullable<Admission['rate']>): JobRate {
  return { name: ownNameOf(execution, key), limit, period_ms: periodMs };
}
