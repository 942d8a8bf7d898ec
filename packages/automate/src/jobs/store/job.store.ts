import { type Queryable, sqlIn } from '../../db/index.ts';
import { newId } from '../../kernel/index.ts';
import {
  ENDED_STATES,
  endedStates,
  type JobFailure,
  type JobOutcome,
  type Lease,
  leaseKey,
  type NewJob,
  unfinishedStates,
} from '../job.ts';
import { declareSlots, fillSlots, lineUp } from './slots.store.ts';

/** Sets a job to look at what was said to it, as part of an `update jobs set …`: a parked one is claimed at once. */
export const JOB_IS_TOLD = `is_signalled = true, run_at = case when state = 'scheduled' then least(run_at, now()) else run_at end,
  state = case when state = 'scheduled' then 'queued' else state end`;
/** The jobs that can still be told something. */
export const JOB_LISTENS = `state ${sqlIn(unfinishedStates)}`;
/** When a job is due that only waits to be told something. */
const NEVER = '9999-12-31T00:00:00Z';

const INSERT = `insert into automate.jobs (id, tenant_id, lane, kind, priority, state, run_at, max_attempts, trace_id, payload, slot, epoch)
  select id, tenant_id, lane, kind, priority,
         case when slot is not null then 'blocked' when run_at > now() then 'scheduled' else 'queued' end,
         coalesce(run_at, now()), max_attempts, trace_id, payload, slot, epoch
  from jsonb_to_recordset($1::jsonb) as row(id uuid, tenant_id uuid, lane text, kind text, priority smallint,
    run_at timestamptz, max_attempts int, trace_id text, payload jsonb, slot text, epoch int)`;

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
    trace_id: job.traceId,
    payload: job.payload ?? {},
    slot: job.slot?.name ?? null,
    // The epoch counts claims: one that begins later than the first looks at what is stored.
    epoch: job.hasHistory ? 1 : 0,
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
      when done.state = 'scheduled' and jobs.is_signalled then 'queued' else done.state end,
    run_at = case when done.state = 'scheduled' and jobs.is_signalled then now()
      else coalesce(now() + done.delay_ms * interval '1 millisecond', done.run_at, jobs.run_at) end,
    attempts = case when done.is_progress then 0 when done.state = 'queued' then greatest(jobs.attempts - 1, 0) else jobs.attempts end,
    crashes = case when done.is_progress then 0 else jobs.crashes end,
    error = done.error,
    finished_at = case when done.state ${sqlIn(endedStates)} or jobs.is_cancelled then now() end,
    lease_owner = null, lease_until = null
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

/** Tells jobs that there is something for them to look at; returns the ids of those that can still be told. */
export async function tell(transaction: Queryable, jobIds: readonly string[]): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(
    `update jobs set ${JOB_IS_TOLD} where id = any($1) and ${JOB_LISTENS} returning id`,
    [jobIds],
  );
  return rows.map(({ id }) => id);
}

/** Lets jobs be claimed that are blocked, since they are only to end. */
export async function unblock(transaction: Queryable, jobIds: readonly string[]): Promise<void> {
  await transaction.query(`update jobs set state = 'queued' where id = any($1) and state = 'blocked'`, [jobIds]);
}

/** Notes that a job is about to look: what comes from now on sets the mark again. Call it before looking, in one transaction. */
export async function noteLook(transaction: Queryable, jobIds: readonly string[]): Promise<void> {
  await transaction.query('update jobs set is_signalled = false where id = any($1) and is_signalled', [jobIds]);
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
