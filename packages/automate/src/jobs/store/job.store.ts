import { type Db, type Queryable, sqlIn } from '../../db/index.ts';
import { type JsonObject, newId, newTraceId } from '../../kernel/index.ts';
import { ENDED_STATES, endedStates, type JobFailure, type JobOutcome, type Lease, leaseKey, type NewJob } from '../job.ts';
import { notifyJobsSql } from '../sql.ts';
import { declareSlots, fillSlots, lineUp } from './slots.store.ts';

/** When a job is due that only waits to be notified. */
const NEVER = '9999-12-31T00:00:00Z';

const INSERT = `insert into automate.jobs (id, tenant_id, lane, kind, priority, state, run_at, max_attempts, trace_id, payload, slot, epoch, is_bulk)
  select id, tenant_id, lane, kind, priority,
         case when slot is not null then 'blocked' when run_at > now() then 'scheduled' else 'queued' end,
         coalesce(run_at, now()), max_attempts, trace_id, payload, slot, epoch, is_bulk
  from jsonb_to_recordset($1::jsonb) as row(id uuid, tenant_id uuid, lane text, kind text, priority smallint,
    run_at timestamptz, max_attempts int, trace_id text, payload jsonb, slot text, epoch int, is_bulk boolean)`;

/** Stores jobs in the caller's transaction, whatever its search path; returns their ids in order. */
export async function enqueue(transaction: Queryable, jobs: readonly NewJob[]): Promise<string[]> {
  if (jobs.length === 0) return [];
  const rows = jobs.map((job) => ({
    id: job.id ?? newId(),
    tenant_id: job.tenantId,
    lane: job.lane ?? job.tenantId,
    kind: job.kind,
    priority: job.priority ?? 0,
    run_at: job.runAt ?? null,
    max_attempts: job.maxAttempts ?? 10,
    trace_id: job.traceId ?? newTraceId(),
    payload: job.payload ?? {},
    slot: job.slot?.name ?? null,
    // The epoch counts claims: one that begins later than the first looks at what is stored.
    epoch: job.hasHistory ? 1 : 0,
    is_bulk: job.isBulk ?? false,
  }));
  await transaction.query(INSERT, [JSON.stringify(rows)], 'jobs_insert');
  const members = jobs.flatMap(({ slot, tenantId }, index) =>
    slot ? { ...slot, tenantId, jobId: (rows[index] as { id: string }).id } : [],
  );
  if (members.length > 0) {
    await declareSlots(transaction, members);
    await lineUp(transaction, members);
    await fillSlots(
      transaction,
      members.map(({ name }) => name),
    );
  }
  return rows.map((row) => row.id);
}

/** Counts claims anew for jobs that have made progress: only a job that gets nowhere is a dead letter in the end. */
export async function noteProgress(transaction: Queryable, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return;
  await transaction.query('update jobs set attempts = 0, crashes = 0 where id = any($1)', [jobIds]);
}

export interface Settlement {
  readonly lease: Lease;
  readonly outcome: JobOutcome;
}

const SETTLE = `with settled as (update jobs set
    state = case when jobs.is_cancelled and done.state in ('queued', 'scheduled') then 'cancelled'
      when done.state = 'scheduled' and jobs.is_notified then 'queued' else done.state end,
    run_at = case when done.state = 'scheduled' and jobs.is_notified then now()
      else coalesce(now() + done.delay_ms * interval '1 millisecond', done.run_at, jobs.run_at) end,
    attempts = case when done.is_progress then 0 when done.state = 'queued' then greatest(jobs.attempts - 1, 0) else jobs.attempts end,
    crashes = case when done.is_progress then 0 else jobs.crashes end,
    error = done.error,
    finished_at = case when done.state ${sqlIn(endedStates)} or jobs.is_cancelled then now() end,
    lease_owner = null
  from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::timestamptz[], $6::float8[], $7::boolean[], $8::jsonb[])
    as done(id, owner, epoch, state, run_at, delay_ms, is_progress, error)
  where jobs.id = any($1) and jobs.id = done.id and jobs.epoch = done.epoch and jobs.state = 'running' and jobs.lease_owner = done.owner
  returning jobs.id, jobs.epoch, done.owner, jobs.slot, jobs.state
), given_back as (
  delete from job_leases where owner = any($2) and job_id = any(array(select id from settled))
)
select * from settled`;

/** Stores outcomes of jobs, and lets the next in where one has left a slot; returns the keys of the leases that still held. */
export async function settle(transaction: Queryable, settlements: readonly Settlement[]): Promise<Set<string>> {
  if (settlements.length === 0) return new Set();
  const outcomes = settlements.map(({ outcome }) => columnsOf(outcome));
  const settled = await transaction.query<{ id: string; epoch: number; owner: string; slot: string | null; state: string }>(
    SETTLE,
    [
      settlements.map(({ lease }) => lease.jobId),
      settlements.map(({ lease }) => lease.owner),
      settlements.map(({ lease }) => lease.epoch),
      outcomes.map(({ state }) => state),
      outcomes.map(({ runAt }) => runAt ?? null),
      outcomes.map(({ delayMs }) => delayMs ?? null),
      outcomes.map(({ isProgress }) => isProgress ?? false),
      outcomes.map(({ error }) => (error ? JSON.stringify(error) : null)),
    ],
    'jobs_settle',
  );
  await fillSlots(
    transaction,
    settled.rows.flatMap(({ slot, state }) => (slot !== null && ENDED_STATES.has(state) ? slot : [])),
  );
  return new Set(settled.rows.map(({ id, epoch, owner }) => leaseKey({ jobId: id, epoch, owner })));
}

interface OutcomeColumns {
  readonly state: string;
  readonly runAt?: string;
  readonly delayMs?: number;
  readonly isProgress?: boolean;
  readonly error?: JobFailure;
}

function columnsOf(outcome: JobOutcome): OutcomeColumns {
  switch (outcome.type) {
    case 'succeeded':
    case 'cancelled':
      return { state: outcome.type };
    case 'released':
      return { state: 'queued' };
    case 'scheduled':
      return { state: 'scheduled', runAt: outcome.runAt?.toISOString() ?? NEVER, isProgress: true };
    case 'retry':
      return { state: 'scheduled', delayMs: outcome.delayMs, error: outcome.error };
    case 'failed':
      return { state: 'failed', error: outcome.error };
  }
}

/** Notifies jobs: each looks at what it was sent, and one that waits is claimed at once. Returns the ids of those that can still be. */
export async function notifyJobs(transaction: Queryable, jobIds: readonly string[]): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(NOTIFY, [jobIds]);
  return rows.map(({ id }) => id);
}

const NOTIFY = notifyJobsSql('$1');

/** Lets jobs be claimed that are blocked, since they are only to end. */
export async function unblock(transaction: Queryable, jobIds: readonly string[]): Promise<void> {
  await transaction.query(`update jobs set state = 'queued' where id = any($1) and state = 'blocked'`, [jobIds]);
}

/** Says that jobs are about to read what they were sent: what comes from now on notifies them anew. Call it before, in one transaction. */
export async function clearNotified(transaction: Queryable, jobIds: readonly string[]): Promise<void> {
  await transaction.query('update jobs set is_notified = false where id = any($1) and is_notified', [jobIds]);
}

/** What a job is from now on. */
export interface RestatedJob {
  readonly jobId: string;
  readonly payload: JsonObject;
  /** Null: its next claim counts as its first. */
  readonly startedAt: Date | null;
}

/** Gives jobs, whose leases the caller has locked, another payload and another start. */
export async function restateJobs(transaction: Queryable, jobs: readonly RestatedJob[]): Promise<void> {
  await transaction.query(
    `update jobs set payload = job.payload, started_at = job.started_at
     from unnest($1::uuid[], $2::jsonb[], $3::timestamptz[]) as job(job_id, payload, started_at) where id = job_id`,
    [
      jobs.map(({ jobId }) => jobId),
      jobs.map(({ payload }) => JSON.stringify(payload)),
      jobs.map(({ startedAt }) => startedAt?.toISOString() ?? null),
    ],
  );
}

/** Deletes jobs, which nobody must have any more. */
export async function deleteJobs(transaction: Queryable, jobIds: readonly string[]): Promise<void> {
  await transaction.query('delete from jobs where id = any($1)', [jobIds]);
}

/** Locks jobs until the transaction ends, in one order, so that nobody deadlocks: no worker ends or parks them meanwhile. */
export async function lockJobs(transaction: Queryable, jobIds: readonly string[]): Promise<void> {
  await transaction.query('select 1 from jobs where id = any($1) order by id for no key update', [jobIds]);
}

/** Makes due jobs claimable; returns how many, and in how many milliseconds the next is due (null: none waits). */
export async function promoteDue(db: Queryable): Promise<{ promoted: number; nextInMs: number | null }> {
  const { rows } = await db.query<{ promoted: number; next_in_ms: number | null }>(
    `with due as materialized (
       select id from jobs where state = 'scheduled' and id = any(array(
         select job_id from job_timers where due_at <= now() order by due_at limit 2000))
       for update skip locked
     ), promoted as (
       update jobs set state = 'queued' where id = any(array(select id from due)) returning 1
     )
     select (select count(*) from promoted)::int as promoted,
       (select extract(epoch from min(due_at) - now()) * 1000 from job_timers where due_at > now())::double precision as next_in_ms`,
    [],
    'jobs_promote',
  );
  return { promoted: rows[0]?.promoted ?? 0, nextInMs: rows[0]?.next_in_ms ?? null };
}

/** Reclaims the space of deleted jobs, where no server does it by itself. */
export async function vacuumJobs(db: Pick<Db, 'vacuum'>): Promise<void> {
  await db.vacuum(['jobs']);
}
