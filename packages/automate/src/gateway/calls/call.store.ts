import type { Queryable } from '../../db/index.ts';

/** One row as its columns, ready to be stored. */
export type CallColumns = Readonly<Record<string, unknown>>;

export async function insertCalls(db: Queryable, rows: readonly CallColumns[]): Promise<void> {
  await db.query(
    'insert into gateway.calls select * from json_populate_recordset(null::gateway.calls, $1::text::json) on conflict do nothing',
    [JSON.stringify(rows)],
  );
}

/** Those whose tenant is gone take nobody with them. */
export async function tenantsThere(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select id from automate.tenants where id = any($1)', [ids]);
  return rows.map(({ id }) => id);
}

/** @returns how many were deleted: as many as the limit says when there are more */
export async function deleteCallsBefore(db: Queryable, days: number, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from gateway.calls where id in (select id from gateway.calls where created_at < now() - make_interval(days => $1) limit $2)`,
    [days, limit],
  );
  return rowCount;
}

export async function bodiesOf(transaction: Queryable, id: string): Promise<{ request: unknown; response: unknown } | undefined> {
  const { rows } = await transaction.query<{ request: unknown; response: unknown }>(
    'select request, response from gateway.calls where id = $1',
    [id],
  );
  return rows[0];
}
