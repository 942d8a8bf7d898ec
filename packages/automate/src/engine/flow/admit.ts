import type { Queryable } from '../../db/index.ts';
import { enqueue } from '../../jobs/index.ts';
import { executionJob } from '../executions/execution-job.ts';
import { type Candidate, nameOf, slotOf } from './candidate.ts';
import { concurrencyJobs } from './concurrency.ts';
import { lockRates, storeRates } from './flow.store.ts';

/** Queues executions: at once, later where a rate limit says so, or in turn where only so many may run at a time. */
export async function admit(transaction: Queryable, candidates: readonly Candidate[]): Promise<void> {
  const startAt = await startTimes(transaction, candidates);
  await enqueue(
    transaction,
    candidates.map((candidate) => {
      const { execution, admission, priority = 0, hasHistory = false } = candidate;
      const runAt = startAt.get(candidate);
      const slot = slotOf(candidate);
      return {
        ...executionJob(execution, Math.max(-100, Math.min(100, priority + admission.priority))),
        hasHistory,
        ...(runAt && { runAt }),
        ...(slot && { slot }),
      };
    }),
  );
  await enqueue(transaction, await concurrencyJobs(transaction, candidates));
}

/** Spaces out what is above a limit: as many at once as the limit says, then one each `period / limit`. */
async function startTimes(transaction: Queryable, candidates: readonly Candidate[]): Promise<Map<Candidate, Date>> {
  const limited = candidates.flatMap((candidate) => {
    const { rate } = candidate.admission;
    const { tenantId, workflowId } = candidate.execution;
    return rate ? { candidate, rate, tenantId, name: nameOf(`workflow ${workflowId}`, rate.key) } : [];
  });
  const times = new Map<Candidate, Date>();
  if (limited.length === 0) return times;
  const rates = await lockRates(transaction, limited);
  for (const { candidate, rate, name } of limited) {
    const known = rates.get(name);
    if (!known) continue;
    const { now } = known;
    const nextAt = Math.max(known.nextAt, now) + rate.periodMs / rate.limit;
    const startAt = nextAt - rate.periodMs;
    if (startAt > now) times.set(candidate, new Date(startAt));
    rates.set(name, { nextAt, now });
  }
  await storeRates(transaction, rates);
  return times;
}
