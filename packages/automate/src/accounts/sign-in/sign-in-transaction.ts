import { type Db, type Queryable, retryTransient } from '../../db/index.ts';
import { AppError } from '../../kernel/index.ts';
import type { SignedIn } from './admission.ts';

/**
 * Does all of a sign-in in one transaction, so that nothing is left half done. A refusal that the work returns is thrown after the
 * commit: what it has counted or written down stays. What it throws takes everything back.
 */
export async function inOneTransaction(
  db: Db,
  work: (transaction: Queryable) => Promise<SignedIn | AppError>,
): Promise<SignedIn> {
  const outcome = await retryTransient(() => db.transaction(work));
  if (AppError.is(outcome)) throw outcome;
  return outcome;
}
