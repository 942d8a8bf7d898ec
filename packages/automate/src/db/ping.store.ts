import type { Queryable } from './port/port.ts';

/** Asks for nothing. @throws when the database does not answer */
export async function ping(db: Queryable): Promise<void> {
  await db.query('select 1');
}
