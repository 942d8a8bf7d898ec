import type { Queryable } from '../../db/index.ts';
import type { Candidate } from './candidate.ts';
import { findSkipped } from './concurrency.ts';
import { exceeding } from './drop.ts';
import { claimKeys, type KeyedExecution, releaseKeys } from './flow.store.ts';

/** Which executions are started, and what becomes of the others. */
export interface ChosenStarts {
  readonly started: readonly Candidate[];
  /** The execution that stands for a candidate, itself or the one that had its key; and why it is not itself. */
  outcomeOf(candidate: Candidate): {
    readonly executionId: string | null;
    readonly note: 'duplicate' | 'rate_limited' | 'skipped' | null;
  };
}

/**
 * Chooses which executions are started: those that no rate limit drops, whose key nobody has, and that no other keeps from starting, in this
 * order. What it takes and counts is the caller's transaction.
 * @param keyOf the key under which one is started but once
 */
export async function chooseStarts(
  transaction: Queryable,
  candidates: readonly Candidate[],
  keyOf: (candidate: Candidate) => KeyedExecution | undefined,
): Promise<ChosenStarts> {
  const dropped = await exceeding(transaction, candidates);
  const kept = candidates.filter((candidate) => !dropped.has(candidate));
  const holders = await claimKeys(
    transaction,
    kept.flatMap((candidate) => keyOf(candidate) ?? []),
  );
  const holderOf = ({ execution: { id } }: Candidate) => holders.get(id) ?? id;
  const first = kept.filter((candidate) => holderOf(candidate) === candidate.execution.id);
  const skipped = await findSkipped(transaction, first);
  await releaseKeys(transaction, [...skipped]);
  return {
    started: skipped.size === 0 ? first : first.filter((candidate) => !skipped.has(candidate)),
    outcomeOf(candidate) {
      if (dropped.has(candidate)) return { executionId: null, note: 'rate_limited' };
      if (skipped.has(candidate)) return { executionId: null, note: 'skipped' };
      const executionId = holderOf(candidate);
      return { executionId, note: executionId === candidate.execution.id ? null : 'duplicate' };
    },
  };
}
