import type { Queryable } from '../../db/index.ts';

/** A response as it is kept. */
export interface StoredResponse {
  readonly id: string;
  readonly previous_id: string | null;
  readonly input: readonly object[];
  readonly output: readonly object[];
  readonly response: object;
  readonly events: readonly string[] | null;
}

export async function insertResponse(transaction: Queryable, tenantId: string, row: StoredResponse): Promise<void> {
  await transaction.query(
    `insert into gateway.responses (id, tenant_id, previous_id, input, output, response, events) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      row.id,
      tenantId,
      row.previous_id,
      JSON.stringify(row.input),
      JSON.stringify(row.output),
      JSON.stringify(row.response),
      row.events && JSON.stringify(row.events),
    ],
  );
}

export async function findResponse(transaction: Queryable, id: string): Promise<StoredResponse | undefined> {
  const { rows } = await transaction.query<StoredResponse>(
    'select id, previous_id, input, output, response, events from gateway.responses where id = $1',
    [id],
  );
  return rows[0];
}

/** A response with those before it, the oldest first. @param most of them: what is older is not gone on from */
export async function findChain(transaction: Queryable, id: string, most: number): Promise<StoredResponse[]> {
  const { rows } = await transaction.query<StoredResponse>(
    `with recursive chain as (
       select r.id, r.previous_id, r.input, r.output, 1 as place from gateway.responses r where r.id = $1
       union all
       select r.id, r.previous_id, r.input, r.output, c.place + 1 from chain c join gateway.responses r on r.id = c.previous_id where c.place < $2)
     select id, previous_id, input, output, '{}'::jsonb as response, null as events from chain order by place desc`,
    [id, most],
  );
  return rows;
}

export async function deleteResponse(transaction: Queryable, id: string): Promise<boolean> {
  return (await transaction.query('delete from gateway.responses where id = $1', [id])).rowCount > 0;
}

/** @returns how many were deleted: as many as the limit says when there are more */
export async function deleteResponsesBefore(db: Queryable, days: number, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from gateway.responses where id in (select id from gateway.responses where created_at < now() - make_interval(days => $1) limit $2)`,
    [days, limit],
  );
  return rowCount;
}
