import type { Queryable } from '../../db/index.ts';

/** How long bytes that are on their way stay taken when nobody takes more. */
const HELD_MINUTES = 5;

/**
 * What the artifacts of a tenant take, and what is on its way to it beside this upload. Until the transaction ends nobody adds any.
 */
export async function lockRoom(
  transaction: Queryable,
  tenantId: string,
  uploadId: string,
): Promise<{ stored: number; underWay: number }> {
  await transaction.query('insert into gateway.artifact_totals (tenant_id) values ($1) on conflict do nothing', [tenantId]);
  const { rows } = await transaction.query<{ bytes: number }>(
    'select bytes from gateway.artifact_totals where tenant_id = $1 for update',
    [tenantId],
  );
  const others = await transaction.query<{ bytes: number }>(
    `select coalesce(sum(bytes), 0)::bigint as bytes from gateway.artifact_uploads
     where tenant_id = $1 and expires_at > now() and id <> $2`,
    [tenantId, uploadId],
  );
  return { stored: rows[0]?.bytes ?? 0, underWay: others.rows[0]?.bytes ?? 0 };
}

/** What the artifacts of a tenant take, with what is on its way. */
export async function findUsedRoom(transaction: Queryable, tenantId: string): Promise<number> {
  const { rows } = await transaction.query<{ bytes: number }>(
    `select (coalesce((select bytes from gateway.artifact_totals where tenant_id = $1), 0)
       + coalesce((select sum(bytes) from gateway.artifact_uploads where tenant_id = $1 and expires_at > now()), 0))::bigint as bytes`,
    [tenantId],
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** Notes how much of an upload there will be at least. */
export async function holdRoom(transaction: Queryable, upload: { tenantId: string; id: string; bytes: number }): Promise<void> {
  await transaction.query(
    `insert into gateway.artifact_uploads (id, tenant_id, bytes, expires_at) values ($1, $2, $3, now() + make_interval(mins => ${HELD_MINUTES}))
     on conflict (id) do update set bytes = excluded.bytes, expires_at = excluded.expires_at`,
    [upload.id, upload.tenantId, upload.bytes],
  );
}

export async function releaseRoom(db: Queryable, id: string): Promise<void> {
  await db.query('delete from gateway.artifact_uploads where id = $1', [id]);
}

/** What processes left that died. */
export async function releaseStaleRoom(db: Queryable): Promise<void> {
  await db.query('delete from gateway.artifact_uploads where expires_at <= now()');
}
