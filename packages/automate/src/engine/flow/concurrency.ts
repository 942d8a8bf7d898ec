import type { Queryable } from '../../db/index.ts';
import { blockedJobs, declareSlots, lockSlots, type NewJob, usageOf } from '../../jobs/index.ts';
import { type Candidate, slotOf } from './candidate.ts';

/** Kind of the jobs that do what concurrency asks for once executions were started. */
export const CONCURRENCY_KIND = 'execution_concurrency';

/** What such a job does: cancels what is too much in a slot, cancels an execution, or checks whether one waits for itself. */
export type ConcurrencyTask =
  | { readonly cancel_excess_in: string }
  | { readonly cancel: string }
  | { readonly check_deadlock_of: string };

/** How long after its start it is checked whether an execution waits for itself. */
const CHECK_DELAY_MS = 1_000;

/**
 * Which of these are not to start, since as many run as may and their workflow says `skip`. What it counts holds until the
 * transaction ends.
 */
export async function findSkipped(transaction: Queryable, candidates: readonly Candidate[]): Promise<ReadonlySet<Candidate>> {
  const skipped = new Set<Candidate>();
  if (!candidates.some(({ admission }) => admission.concurrency?.onConflict === 'skip')) return skipped;
  const wanted = candidates.flatMap((candidate) => {
    const slot = slotOf(candidate);
    return slot ? { candidate, slot: { ...slot, tenantId: candidate.execution.tenantId } } : [];
  });
  // All of them, also where nothing is skipped: who locks further ones later could wait for somebody who waits for these.
  await declareSlots(
    transaction,
    wanted.map(({ slot }) => slot),
  );
  const names = wanted.map(({ slot }) => slot.name);
  await lockSlots(transaction, names);
  const usage = await usageOf(transaction, names);
  for (const { candidate, slot } of wanted) {
    const { members, capacity } = usage.get(slot.name) ?? { members: 0, capacity: slot.capacity };
    const most = Math.min(capacity, slot.capacity);
    if (candidate.admission.concurrency?.onConflict === 'skip' && members >= most) skipped.add(candidate);
    else usage.set(slot.name, { members: members + 1, capacity: most });
  }
  return skipped;
}

/** Why nothing was started. */
export function skippedBecause({ admission: { concurrency } }: Pick<Candidate, 'admission'>): string {
  return `As many executions of this key run as may, which is ${concurrency?.limit}, and "concurrency.on_conflict" says "skip".`;
}

/** What follows from executions that were just queued. */
export async function concurrencyJobs(transaction: Queryable, candidates: readonly Candidate[]): Promise<NewJob[]> {
  const limited = candidates.filter(({ admission }) => admission.concurrency);
  if (limited.length === 0) return [];
  const cancelling = new Map(
    limited.flatMap((candidate) => {
      const isCancelling = candidate.admission.concurrency?.onConflict === 'cancel_running';
      return isCancelling ? [[slotOf(candidate)?.name ?? '', candidate] as const] : [];
    }),
  );
  const awaited = new Map(limited.flatMap(({ execution }) => (execution.parentStep ? [[execution.id, execution] as const] : [])));
  const blocked = awaited.size > 0 ? await blockedJobs(transaction, [...awaited.keys()]) : new Map<string, string>();
  return [
    ...[...cancelling].map(([slot, { execution }]) => concurrencyJob(execution, { cancel_excess_in: slot })),
    ...[...blocked.keys()].flatMap((id) => {
      const execution = awaited.get(id);
      return execution
        ? { ...concurrencyJob(execution, { check_deadlock_of: id }), runAt: new Date(Date.now() + CHECK_DELAY_MS) }
        : [];
    }),
  ];
}

export function concurrencyJob({ tenantId, traceId }: { tenantId: string; traceId: string }, task: ConcurrencyTask): NewJob {
  return { kind: CONCURRENCY_KIND, tenantId, traceId, payload: { ...task }, priority: 100 };
}
