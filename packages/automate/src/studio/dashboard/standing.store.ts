import type { Db } from '../../db/index.ts';
import { bounded } from './executions.store.ts';

/** What is counted no further than this. */
export const ENOUGH = 10_000;

/** How things stand in a tenant at this moment. */
export interface Standing {
  readonly workflows_live: number;
  readonly workflows_paused: number;
  readonly approvals: number;
  readonly oldest_approval: string | null;
  /** Events whose triggers are not decided yet. */
  readonly undecided: number;
  readonly blocked: number;
  readonly running: number;
  /** Since when the job could go that is to go next. */
  readonly next_since: string | null;
  readonly starts: number;
  /** Jobs that failed for good. */
  readonly dead: number;
}

const STANDING = `select
    (select count(*) from workflows where tenant_id = $1 and archived_at is null and is_live)::int as workflows_live,
    (select count(*) from workflows where tenant_id = $1 and archived_at is null and not is_live)::int as workflows_paused,
    (select count(*) from (select from approvals where tenant_id = $1 limit ${ENOUGH}) as found)::int as approvals,
    (select since from approvals where tenant_id = $1 order by since limit 1) as oldest_approval,
    (select count(*) from (select from outbox where tenant_id = $1 limit ${ENOUGH}) as found)::int as undecided,
    (select count(*) from (select from job_slots where tenant_id = $1 and is_blocked limit ${ENOUGH}) as found)::int as blocked,
    (select count(*) from job_leases where tenant_id = $1)::int as running,
    (select run_at from job_queue join jobs on jobs.id = job_id where job_queue.lane = $1::text order by rank, job_id limit 1) as next_since,
    (select count(*) from executions where tenant_id = $1 and id >= $2)::int as starts,
    (select count(*) from (select from jobs where tenant_id = $1 and error is not null and state = 'failed' limit ${ENOUGH}) as found)::int as dead`;

/** @param startsFrom the smallest id of the executions that count as starts */
export async function standingOf(db: Db, tenantId: string, startsFrom: string): Promise<Standing> {
  const { rows } = await bounded<Standing>(db, tenantId, STANDING, [tenantId, startsFrom]);
  return rows[0] as Standing;
}

/** Jobs that could go and wait for a worker, by kind; {@link ENOUGH} of them at most. */
export async function waitingByKind(
  db: Db,
  tenantId: string,
): Promise<readonly { readonly kind: string; readonly waiting: number }[]> {
  const { rows } = await bounded<{ kind: string; waiting: number }>(
    db,
    tenantId,
    `select kind, count(*)::int as waiting from (select kind from job_queue where lane = $1 limit ${ENOUGH}) as found
     group by kind order by waiting desc, kind limit 20`,
    [tenantId],
  );
  return rows;
}

export interface NamedWorkflow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

export async function workflowsNamed(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, NamedWorkflow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await bounded<NamedWorkflow>(db, tenantId, 'select id, slug, name from workflows where id = any($1)', [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Of the installation: workers whose leases hold, and how many jobs they take at once together, as far as they say. */
export async function workersOf(db: Db): Promise<{ readonly workers: number; readonly capacity: number | null }> {
  const { rows } = await db.query<{ workers: number; capacity: number | null }>(
    `select count(*)::int as workers, sum(concurrency)::int as capacity from workers where lease_until > now()`,
  );
  return rows[0] ?? { workers: 0, capacity: null };
}

/** Size of the database, and its version. */
export async function databaseFacts(db: Db): Promise<{ readonly bytes: number; readonly version: string }> {
  const { rows } = await db.query<{ bytes: string; version: string }>(
    `select pg_database_size(current_database())::text as bytes, current_setting('server_version') as version`,
  );
  const [row] = rows;
  return { bytes: Number(row?.bytes ?? 0), version: row?.version.split(' ')[0] ?? '' };
}
