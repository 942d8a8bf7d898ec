import type { Queryable } from '../../db/index.ts';

/** What is counted no further than this. */
const ENOUGH = 10_000;

/** How the jobs of a tenant stand at this moment; of each, 10,000 stands for all from there on. */
export interface JobStanding {
  /** Those that wait for others which share their slot. */
  readonly blocked: number;
  readonly running: number;
  /** Those that failed for good. */
  readonly dead: number;
  /** Since when the job could go that is to go next. */
  readonly next_since: string | null;
  /** Those that could go and wait for a worker, by kind. */
  readonly waiting: readonly { readonly kind: string; readonly waiting: number }[];
}

const STANDING = `select
    (select count(*) from (select from job_slots where tenant_id = $1 and is_blocked limit ${ENOUGH}) as found)::int as blocked,
    (select count(*) from job_leases where tenant_id = $1)::int as running,
    (select count(*) from (select from jobs where tenant_id = $1 and error is not null and state = 'failed' limit ${ENOUGH}) as found)::int as dead,
    (select run_at from job_queue join jobs on jobs.id = job_id where job_queue.lane = $1::text order by rank, job_id limit 1) as next_since`;

const WAITING = `select kind, count(*)::int as waiting from (select kind from job_queue where lane = $1 limit ${ENOUGH}) as found
  group by kind order by waiting desc, kind limit 20`;

/** @param transaction within the tenant */
export async function jobStanding(transaction: Queryable, tenantId: string): Promise<JobStanding> {
  const { rows } = await transaction.query<Omit<JobStanding, 'waiting'>>(STANDING, [tenantId]);
  const { rows: waiting } = await transaction.query<JobStanding['waiting'][number]>(WAITING, [tenantId]);
  return { ...(rows[0] as Omit<JobStanding, 'waiting'>), waiting };
}

/** Of the installation: workers whose leases hold, and how many jobs they take at once together, as far as they say. */
export async function workersOf(db: Queryable): Promise<{ readonly workers: number; readonly capacity: number | null }> {
  const { rows } = await db.query<{ workers: number; capacity: number | null }>(
    'select count(*)::int as workers, sum(concurrency)::int as capacity from workers where lease_until > now()',
  );
  return rows[0] ?? { workers: 0, capacity: null };
}

/** When those of these jobs begin that are delayed. */
export async function delayedUntil(transaction: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await transaction.query<{ id: string; run_at: string }>(
    `select id, run_at from jobs where id = any($1::uuid[]) and state = 'scheduled' and run_at > now()`,
    [ids],
  );
  return new Map(rows.map(({ id, run_at }) => [id, run_at]));
}
