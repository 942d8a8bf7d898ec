import type { Queryable } from './port.ts';

/** From here on, all that a transaction reads is of one moment, and it writes nothing. It comes before the first statement. */
export async function readOneMoment(transaction: Queryable): Promise<void> {
  await transaction.query('set transaction isolation level repeatable read, read only');
}
