import { createHash } from 'node:crypto';
import type { Queryable } from '../../db/index.ts';
import { enqueue, type Slot } from '../../jobs/index.ts';
import { insertEventWaits } from '../event-waits/event-wait.store.ts';
import { lookBackJob } from '../event-waits/jobs.ts';
import type { NewExecution } from '../executions/execution.store.ts';
import { executionJob } from '../executions/execution-job.ts';
import { lockRates, storeRates } from './flow.store.ts';
import type { Admission } from './flow.ts';

/** An execution that is to be queued, and what its workflow's settings say about when. */
export interface Candidate {
  readonly execution: NewExecution;
  readonly admission: Admission;
  /** Of the trigger that starts it. */
  readonly priority?: number;
  readonly hasHistory?: boolean;
}

/** Queues executions: at once, later where a rate limit says so, or in turn where only so many may run at a time. */
export async function admit(transaction: Queryable, candidates: readonly Candidate[]): Promise<void> {
  await noteCancellers(transaction, candidates);
  const startAt = await startTimes(transaction, candidates);
  await enqueue(
    transaction,
    candidates.map((candidate) => {
      const { execution, admission, priority = 0, hasHistory = false } = candidate;
      const runAt = startAt.get(candidate);
      const slot = slotOf(execution, admission);
      return {
        ...executionJob(execution, Math.max(-100, Math.min(100, priority + admission.priority))),
        hasHistory,
        ...(runAt && { runAt }),
        ...(slot && { slot }),
      };
    }),
  );
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

function slotOf({ tenantId, workflowId }: NewExecution, { concurrency }: Admission): Slot | undefined {
  if (!concurrency) return undefined;
  const owner = concurrency.scope === 'tenant' ? `tenant ${tenantId}` : `workflow ${workflowId}`;
  return { name: nameOf(owner, concurrency.key), capacity: concurrency.limit };
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

/** Keys are what events say, so they are hashed: any text of any length has a name of one length. */
function nameOf(owner: string, key: string): string {
  return `${owner} ${createHash('sha256').update(key).digest('base64url')}`;
}
