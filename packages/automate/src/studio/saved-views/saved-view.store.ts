import type { ModelTransaction } from '../../kernel/index.ts';

/** Lets the views of one person be made one after the other, so that many at once are not too many. */
export async function lockViews(transaction: ModelTransaction, tenantId: string, owner: string): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`saved views ${tenantId} ${owner}`]);
}
