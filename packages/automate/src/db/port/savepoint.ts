import type { Queryable } from './port.ts';

/**
 * Runs a part of a transaction; when it throws, only that part is undone and the transaction goes on.
 * @example
 * await attempt(transaction, () => insertWorkflow(transaction, row)).catch(noteFailure);
 */
export async function attempt<T>(transaction: Queryable, work: () => Promise<T>): Promise<T> {
  // One name for all: an inner savepoint hides the outer one until it is released.
  await transaction.query('savepoint attempt');
  try {
    const result = await work();
    await transaction.query('release savepoint attempt');
    return result;
  } catch (error) {
    await transaction.query('rollback to savepoint attempt');
    await transaction.query('release savepoint attempt');
    throw error;
  }
}
