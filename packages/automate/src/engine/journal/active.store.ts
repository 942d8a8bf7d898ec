import type { Queryable } from '../../db/index.ts';
import { EXECUTION_KIND } from '../records/execution-job.ts';

/** Executions of a tenant that are queued or run, counted up to `enough`; those that wait for a time are not among them. */
export async function countActive(db: Queryable, tenantId: string, enough: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    // Neither half is read further than needed.
    `select (select count(*) from (select from job_queue where lane = $1 and kind = $3 limit $2) as queued)
          + (select count(*) from (select from job_leases where tenant_id = $1::uuid and kind = $3 limit $2) as running) as count`,
    [tenantId, enough, EXECUTION_KIND],
  );
  return Number(rows[0]?.count);
}
