import type { Queryable } from '../../db/index.ts';
import type { Usage } from '../usage/usage.ts';

/** An answer as it is kept. */
export interface StoredAnswer {
  /** Hexadecimal. */
  readonly key: string;
  readonly tenant_id: string;
  readonly endpoint_id: string;
  readonly body: string;
  readonly usage: Usage;
  readonly created_at: string;
  readonly expires_at: string;
}

export async function findAnswer(db: Queryable, key: string): Promise<StoredAnswer | undefined> {
  const { rows } = await db.query<StoredAnswer>(
    `select encode(key, 'hex') as key, tenant_id, endpoint_id, body, usage, created_at, expires_at
     from gateway.cached_answers where key = decode($1, 'hex') and expires_at > now()`,
    [key],
    'gateway_cached_answer',
  );
  return rows[0];
}

/** Those whose endpoint is gone meanwhile are left out; of two of a key the newer one stays. */
export async function insertAnswers(db: Queryable, answers: readonly StoredAnswer[]): Promise<void> {
  await db.query(
    `insert into gateway.cached_answers (key, tenant_id, endpoint_id, body, usage, created_at, expires_at)
     select distinct on (a.key) decode(a.key, 'hex'), a.tenant_id, a.endpoint_id, a.body, a.usage, a.created_at, a.expires_at
     from json_to_recordset($1::text::json)
       as a (key text, tenant_id uuid, endpoint_id uuid, body text, usage jsonb, created_at timestamptz, expires_at timestamptz)
     join gateway.endpoints e on e.id = a.endpoint_id
     order by a.key, a.created_at desc
     on conflict (key) do update set body = excluded.body, usage = excluded.usage, created_at = excluded.created_at,
       expires_at = excluded.expires_at`,
    [JSON.stringify(answers)],
  );
}

/** @returns how many were deleted: as many as the limit says when there are more */
export async function deleteExpiredAnswers(db: Queryable, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from gateway.cached_answers
     where key in (select key from gateway.cached_answers where expires_at <= now() limit $1)`,
    [limit],
  );
  return rowCount;
}
