import type { Queryable } from '../../db/index.ts';

/** Names the caller's transaction, its savepoints aside. */
export async function transactionId(transaction: Queryable): Promise<string> {
  const { rows } = await transaction.query<{ id: string }>('select pg_current_xact_id()::text as id');
  return rows[0]?.id as string;
}

/** Which events are there, and which of the transactions that they were written in are over. */
export async function outcomesOf(
  db: Queryable,
  events: readonly { readonly eventId: string; readonly transactionId: string }[],
): Promise<readonly { readonly eventId: string; readonly isThere: boolean; readonly isOver: boolean }[]> {
  const { rows } = await db.query<{ eventId: string; isThere: boolean; isOver: boolean }>(
    `select wanted.id as "eventId", exists (select from events where events.id = wanted.id) as "isThere",
       coalesce(pg_xact_status(wanted.writer::xid8) <> 'in progress', true) as "isOver"
     from unnest($1::uuid[], $2::text[]) as wanted(id, writer)`,
    [events.map(({ eventId }) => eventId), events.map(({ transactionId: id }) => id)],
  );
  return rows;
}
