import type { Db } from '../../src/db/index.ts';

/**
 * Leaves a job to a worker that is gone.
 * @param options.isLast whether it may not be claimed again
 * @param options.leaseSeconds how long its lease holds yet
 */
export async function loseJob(
  db: Db,
  jobId: string,
  { isLast = true, leaseSeconds = 0 }: { isLast?: boolean; leaseSeconds?: number } = {},
): Promise<void> {
  const owner = `gone ${jobId}`;
  await db.transaction(async (transaction) => {
    await transaction.query(`insert into automate.workers (name, lease_until) values ($1, now() + $2 * interval '1 second')`, [
      owner,
      leaseSeconds,
    ]);
    await transaction.query(
      `update automate.jobs set state = 'running', attempts = case when $3 then max_attempts else 1 end, epoch = epoch + 1, lease_owner = $2
       where id = $1`,
      [jobId, owner, isLast],
    );
    await transaction.query('delete from automate.job_queue where job_id = $1', [jobId]);
    await transaction.query(
      'insert into automate.job_leases (owner, job_id, tenant_id, kind) select $2, id, tenant_id, kind from automate.jobs where id = $1',
      [jobId, owner],
    );
  });
}
