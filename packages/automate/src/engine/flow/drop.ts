import type { Queryable } from '../../db/index.ts';
import type { Candidate } from './candidate.ts';
import { ownNameOf } from './names.ts';
import { lockWindows, type NamedRate, storeWindows } from './rate.store.ts';

/**
 * Those of the executions that start nothing, since a rate limit that drops has no place for them. The others count as started, and
 * wait for their place all the same should they start late.
 */
export async function exceeding(transaction: Queryable, candidates: readonly Candidate[]): Promise<ReadonlySet<Candidate>> {
  const limited = candidates.flatMap((candidate) => {
    const { rate } = candidate.admission;
    if (!rate?.isDropping) return [];
    const { tenantId } = candidate.execution;
    // Counted apart from starts: each is counted once here and once there.
    return {
      candidate,
      rate: { ...rate, tenantId, name: `taken ${ownNameOf(candidate.execution, rate.key)}` } satisfies NamedRate,
    };
  });
  if (limited.length === 0) return new Set();
  const rates = limited.map(({ rate }) => rate);
  const held = await lockWindows(transaction, rates);
  const dropped = limited.filter(({ rate }) => !held.windows.get(rate.name)?.takeNow());
  await storeWindows(transaction, rates, held);
  return new Set(dropped.map(({ candidate }) => candidate));
}
