import type { Queryable } from '../../db/index.ts';
import { declareSlots, lockSlots, type NewJob, usageOf } from '../../jobs/index.ts';
import { type Candidate, slotOf } from './candidate.ts';
import { blockedAmong } from './concurrency.store.ts';

/** Kind of the jobs that steer executions once others were started. */
export const STEERING_KIND = 'execution_steering';

/** What such a job does: cancels what is too much in a slot, cancels an execution, or looks whether one waits for itself. */
export type SteeringTask =
  | { readonly make_room_in: string }
  | { readonly cancel: string }
  | { readonly look_for_deadlock_of: string };

/** How long after its start it is looked whether an execution waits for itself. */
const LOOK_AFTER_MS = 1_000;

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
  const blocked = awaited.size > 0 ? await blockedAmong(transaction, [...awaited.keys()]) : [];
  return [
    ...[...cancelling].map(([slot, { execution }]) => steeringJob(execution, { make_room_in: slot })),
    ...blocked.flatMap((id) => {
      const execution = awaited.get(id);
      return execution
        ? { ...steeringJob(execution, { look_for_deadlock_of: id }), runAt: new Date(Date.now() + LOOK_AFTER_MS) }
        : [];
    }),
  ];
}

export function steeringJob({ tenantId, traceId }: { tenantId: string; traceId: string }, task: SteeringTask): NewJob {
  return { kind: STEERING_KIND, tenantId, traceId, payload: { ...task }, priority: 100 };
}
