import type { Queryable } from '../../db/index.ts';
import { ENDED_STATES, type JobFailure, type KnownDeadJob, type Lease, leaseKey } from '../job.ts';
import { fillSlots } from './slots.store.ts';

// A worker's lease is one row, whatever it has in flight: extending it costs the same for a thousand jobs, and a transaction that stores
// something holds that row instead of each job. Who takes jobs back deletes the row first, which waits for nobody and lets nobody in.

/** Makes a worker known: from now on it may claim. @param worker.owner a name that no lease has had before */
export async function register(
  db: Queryable,
  { owner, leaseSeconds, concurrency }: { owner: string; leaseSeconds: number; concurrency: number },
): Promise<void> {
  await db.query(`insert into workers (name, lease_until, concurrency) values ($1, now() + $2 * interval '1 second', $3)`, [
    owner,
    leaseSeconds,
    concurrency,
  ]);
}

/** Takes back a worker's name; what it still has is taken by the next sweep of any other. */
export async function unregister(db: Queryable, owner: string): Promise<void> {
  await db.query('delete from workers where name = $1', [owner]);
}

/** Extends a worker's lease; false when it was taken from it. */
export async function renew(db: Queryable, owner: string, leaseSeconds: number): Promise<boolean> {
  const { rowCount } = await db.query(`update workers set lease_until = now() + $2 * interval '1 second' where name = $1`, [
    owner,
    leaseSeconds,
  ]);
  return rowCount > 0;
}

export interface Holding {
  /** Jobs of the worker. */
  readonly held: ReadonlySet<string>;
  /** Those of them that were notified, and those that are to end. */
  readonly notified: readonly string[];
  readonly cancelled: readonly string[];
}

/** What a worker has, as the database sees it. */
export async function holdingOf(db: Queryable, owner: string): Promise<Holding> {
  const { rows } = await db.query<{ id: string; is_notified: boolean; is_cancelled: boolean }>(
    `select id, is_notified, is_cancelled from jobs
     where id = any(array(select job_id from job_leases where owner = $1)) and lease_owner = $1 and state = 'running'`,
    [owner],
  );
  return {
    held: new Set(rows.map(({ id }) => id)),
    notified: rows.flatMap((row) => (row.is_notified ? row.id : [])),
    cancelled: rows.flatMap((row) => (row.is_cancelled ? row.id : [])),
  };
}

/**
 * Which of these leases hold, and go on to until the transaction ends: nobody can take a job back meanwhile. It locks the worker, not its
 * jobs. Leases of one and the same worker only: a job that it has given back and claimed again has another epoch.
 */
export async function fence(transaction: Queryable, leases: readonly Lease[]): Promise<Set<string>> {
  if (leases.length === 0) return new Set();
  const { rows } = await transaction.query<HolderRow>(
    `with fence as materialized (select name from workers where name = any($2) for key share)
     select id, epoch, lease_owner as owner from jobs
     where id = any($1) and state = 'running' and lease_owner = any(array(select name from fence))`,
    [leases.map(({ jobId }) => jobId), [...new Set(leases.map(({ owner }) => owner))]],
    'leases_fence',
  );
  return heldOf(leases, rows);
}

/**
 * Locks jobs until the transaction ends and returns the keys of those leases that hold: for who changes the jobs themselves.
 * @param others further jobs that the transaction will change; all are locked in one order, so that nobody deadlocks
 */
export async function lockLeases(
  transaction: Queryable,
  leases: readonly Lease[],
  others: readonly string[] = [],
): Promise<Set<string>> {
  // By primary key alone, so that nothing lets the planner choose another way.
  const { rows } = await transaction.query<HolderRow & { state: string }>(
    'select id, epoch, state, lease_owner as owner from jobs where id = any($1) order by id for no key update',
    [[...leases.map((lease) => lease.jobId), ...others]],
    'jobs_lock',
  );
  return heldOf(
    leases,
    rows.filter(({ state }) => state === 'running'),
  );
}

interface HolderRow {
  readonly id: string;
  readonly epoch: number;
  readonly owner: string | null;
}

/** The keys of those leases that these running jobs are held under. */
function heldOf(leases: readonly Lease[], running: readonly HolderRow[]): Set<string> {
  const held = new Set(running.map(({ id, epoch, owner }) => leaseKey({ jobId: id, epoch, owner: owner ?? '' })));
  return new Set(leases.map(leaseKey).filter((key) => held.has(key)));
}

/** What a job that was claimed too often without progress is filed under. */
export const WORKER_DIED: JobFailure = {
  code: 'worker_died',
  message: 'Every worker that claimed this job ended or lost its lease before it made progress.',
};

export interface ReclaimOptions {
  /** Every other worker is taken for dead, whatever its lease says: right where only one process can be alive. */
  readonly onlyAlive?: string | undefined;
  /** Jobs that this worker has and knows nothing of. */
  readonly orphaned?: { readonly owner: string; readonly jobIds: readonly string[] } | undefined;
}

/** Takes back the jobs of workers that are gone: queued again, or dead letters when claimed too often. */
export async function reclaim(
  transaction: Queryable,
  { onlyAlive, orphaned }: ReclaimOptions = {},
): Promise<{ requeued: number; dead: KnownDeadJob[] }> {
  // One that is storing something at this moment is passed over: it is alive.
  await transaction.query(
    `delete from workers where name = any(array(
       select name from workers where case when $1::text is null then lease_until < now() else name <> $1 end for update skip locked))`,
    [onlyAlive ?? null],
    'workers_reclaim',
  );
  const { rows } = await transaction.query<ReclaimedRow>(
    `with orphans as materialized (
       select owner, job_id from job_leases
       where not exists (select from workers where name = owner) or (owner = $2 and job_id = any($3)) limit 2000
     ), locked as materialized (
       select id from jobs where id = any(array(select job_id from orphans)) and state = 'running'
         and (id, lease_owner) in (select job_id, owner from orphans) order by id for update skip locked
     ), taken as (
       update jobs set lease_owner = null, crashes = crashes + 1,
         state = case when is_cancelled then 'cancelled' when attempts >= max_attempts then 'failed' else 'queued' end,
         error = case when attempts >= max_attempts and not is_cancelled then $1::jsonb else error end,
         finished_at = case when attempts >= max_attempts or is_cancelled then now() end
       where id = any(array(select id from locked))
       returning id, kind, state, slot, started_at
     ), given_back as (
       delete from job_leases where (owner, job_id) in (select owner, job_id from orphans) and (job_id = any(array(select id from locked))
         or not exists (select from jobs where id = job_id and state = 'running' and lease_owner = owner))
     )
     select * from taken`,
    [JSON.stringify(WORKER_DIED), orphaned?.owner ?? null, orphaned?.jobIds ?? []],
    'jobs_reclaim',
  );
  await fillSlots(
    transaction,
    rows.flatMap(({ slot, state }) => (slot !== null && ENDED_STATES.has(state) ? slot : [])),
  );
  const dead = rows
    .filter((row) => row.state === 'failed')
    .map(({ id, kind, started_at }) => ({ id, kind, error: WORKER_DIED, startedAt: new Date(started_at) }));
  return { requeued: rows.filter((row) => row.state === 'queued').length, dead };
}

interface ReclaimedRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly slot: string | null;
  readonly started_at: string;
}
