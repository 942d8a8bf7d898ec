import type { Queryable } from '../../db/index.ts';

/** Jobs of a tenant that are queued or run, of one kind, counted up to `enough`; those that wait for a time are not among them. */
export async function countActiveJobs(
  db: Queryable,
  { tenantId, kind, enough }: { readonly tenantId: string; readonly kind: string; readonly enough: number },
): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    // Neither half is read further than needed.
    `select (select count(*) from (select from job_queue where lane = $1 and kind = $3 limit $2) as queued)
          + (select count(*) from (select from job_leases where tenant_id = $1::uuid and kind = $3 limit $2) as running) as count`,
    [tenantId, enough, kind],
  );
  return Number(rows[0]?.count);
}
