import type { Queryable } from '../db/index.ts';
import { newId } from '../kernel/index.ts';
import { type ClaimedJob, type DeadJob, type JobFailure, type JobOutcome, type Lease, leaseKey, type NewJob } from './job.ts';
import { declareSlots, fillSlots } from './slots.store.ts';

/** Most lanes one claim looks at; the next claim goes on behind the last of them. */
export const LANES_PER_CLAIM = 64;

/** Sets a job to look at what was said to it, as part of an `update jobs set …`: a parked one is claimed at once. */
export const JOB_IS_TOLD = `is_signalled = true, state = case when state = 'scheduled' then 'queued' else state end`;
/** The jobs that can still be told something. */
export const JOB_LISTENS = `state in ('blocked', 'queued', 'scheduled', 'running')`;
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
  const slots = jobs.flatMap(({ slot, tenantId }) => (slot ? { ...slot, tenantId } : []));
  if (slots.length > 0) {
    await declareSlots(transaction, slots);
    await fillSlots(
      transaction,
      slots.map(({ name }) => name),
    );
  }
  return rows.map((row) => row.id);
}

// Rows are named by `= any(array(…))`: these tables change faster than their statistics, and only this form keeps the planner on
// the primary key, whatever it believes about the number of rows.

/** From so many ends of workers in a row on, a job is held back to be claimed alone among its like. */
const SUSPECT = 3;

/**
 * Lanes that have work are found by skipping through the index (one probe a lane), then the head of each is taken:
 * the cost follows the number of lanes and of claimed jobs, never the length of the backlog. Who claims some kinds only
 * walks over the lanes that have such jobs; who claims some lanes only looks at these. One suspect comes on top where it may.
 */
function claimStatement({
  hasLanes,
  isWithout,
}: {
  hasLanes: boolean;
  isWithout: 'nothing' | 'other kinds' | 'executions';
}): string {
  const kinds = { nothing: '', 'other kinds': 'and kind = any($5)', executions: `and kind = any($5) and kind <> 'execution'` };
  const ready = `state = 'queued' and crashes < ${SUSPECT} ${kinds[isWithout]}`;
  const walk = `with recursive walk(lane) as (
    (select lane from jobs where ${ready} and lane > $4 order by lane limit 1)
    union all
    select (select job.lane from jobs job where ${ready} and job.lane > walk.lane order by job.lane limit 1)
    from walk where walk.lane is not null
  ), heads as materialized (
    select lane from walk where lane is not null limit ${LANES_PER_CLAIM}
  )`;
  const own = `with heads as materialized (
    select lane from unnest($7::text[]) as own(lane) where lane > $4
      and exists (select from jobs where jobs.lane = own.lane and ${ready})
    order by lane limit ${LANES_PER_CLAIM}
  )`;
  return `${hasLanes ? own : walk}, picked as materialized (
    select head.id
    from (select lane, ceil($1::numeric / (select count(*) from heads))::int as share from heads) as lanes
    cross join lateral (
      select id from jobs where lane = lanes.lane and kind = any($5) and ${ready}
      order by priority desc, id limit lanes.share for update skip locked
    ) as head
    limit $1
  ), suspect as materialized (
    select id from jobs where state = 'queued' and crashes >= ${SUSPECT} and kind = any($5) ${hasLanes ? 'and lane = any($7)' : ''}
    order by id limit $6 for update skip locked
  )
  update jobs set state = 'running', attempts = attempts + 1, epoch = epoch + 1, lease_owner = $2,
    lease_until = now() + $3 * interval '1 second', started_at = coalesce(started_at, now())
  where jobs.id = any(array(select id from picked union all select id from suspect))
  returning jobs.id, tenant_id, lane, kind, trace_id, payload, attempts, max_attempts, epoch, is_signalled, started_at,
    crashes >= ${SUSPECT} as is_suspect`;
}

export interface ClaimOptions {
  readonly owner: string;
  readonly limit: number;
  readonly leaseSeconds: number;
  readonly kinds: readonly string[];
  /** Whether these are fewer than there are. */
  readonly isByKind?: boolean;
  /** Only these lanes. Default: all. */
  readonly lanes?: readonly string[] | undefined;
  /** Whether one of the jobs that workers did not survive may come on top. */
  readonly takesSuspect?: boolean;
  /** Look only at lanes behind this one; `''` starts from the first. */
  readonly afterLane: string;
}

/** Claims jobs; `nextLane` is where the next claim goes on, `''` when it starts from the first lane again. */
export async function claim(db: Queryable, options: ClaimOptions): Promise<{ jobs: ClaimedJob[]; nextLane: string }> {
  const { owner, limit, leaseSeconds, kinds, lanes: own, afterLane, isByKind = false, takesSuspect = true } = options;
  const isWithout = !isByKind ? 'nothing' : kinds.includes('execution') ? 'other kinds' : 'executions';
  const statement = claimStatement({ hasLanes: own !== undefined, isWithout });
  const values = [limit, owner, leaseSeconds, afterLane, kinds, takesSuspect ? 1 : 0, ...(own ? [own] : [])];
  const { rows } = await db.query<ClaimRow>(statement, values, `jobs_claim ${isWithout}${own ? ' of lanes' : ''}`);
  const jobs = rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    lane: row.lane,
    kind: row.kind,
    traceId: row.trace_id,
    payload: row.payload,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    isSignalled: row.is_signalled,
    startedAt: new Date(row.started_at),
    isSuspect: row.is_suspect,
    lease: { jobId: row.id, owner, epoch: row.epoch },
  }));
  // A suspect comes from wherever it stands.
  const found = rows.filter((row) => !row.is_suspect);
  const lanes = [...new Set(found.map((row) => row.lane))].sort();
  // Stopped by the limit, or by the number of lanes to look at: there are more behind. Else the walk came to its end.
  const isCutShort = found.length >= limit || lanes.length >= LANES_PER_CLAIM;
  // A share of several lanes is less than the limit: one lane that filled it was the only one behind the cursor.
  const isOnlyLane = lanes.length === 1 && limit > 1;
  return { jobs, nextLane: isCutShort && !isOnlyLane ? (lanes.at(-1) ?? '') : '' };
}

interface ClaimRow {
  id: string;
  tenant_id: string;
  lane: string;
  kind: string;
  trace_id: string;
  payload: ClaimedJob['payload'];
  attempts: number;
  max_attempts: number;
  epoch: number;
  is_signalled: boolean;
  started_at: string;
  is_suspect: boolean;
}

/**
 * Locks the jobs whose leases still hold until the transaction ends and returns the keys of these leases. A write made under a
 * lock taken here cannot race with another worker's claim.
 * @param others further jobs that the transaction will change; all are locked in one order, so that nobody deadlocks
 */
export async function lockLeases(
  transaction: Queryable,
  leases: readonly Lease[],
  others: readonly string[] = [],
): Promise<Set<string>> {
  // By primary key alone: any further condition lets the planner walk the index of running jobs and its dead entries instead.
  const { rows } = await transaction.query<{ id: string; epoch: number; state: string; lease_owner: string | null }>(
    'select id, epoch, state, lease_owner from jobs where id = any($1) order by id for no key update',
    [[...leases.map((lease) => lease.jobId), ...others]],
    'jobs_lock',
  );
  const running = rows.filter(({ state }) => state === 'running');
  const held = new Set(running.map((row) => leaseKey({ jobId: row.id, epoch: row.epoch, owner: row.lease_owner ?? '' })));
  return new Set(leases.map(leaseKey).filter((key) => held.has(key)));
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

const SETTLE = `update jobs set
    state = case when jobs.is_cancelled and done.state in ('queued', 'scheduled') then 'cancelled'
      when done.state = 'scheduled' and jobs.is_signalled then 'queued' else done.state end,
    run_at = coalesce(now() + done.delay_ms * interval '1 millisecond', done.run_at, jobs.run_at),
    attempts = case when done.is_progress then 0 when done.state = 'queued' then greatest(jobs.attempts - 1, 0) else jobs.attempts end,
    crashes = case when done.is_progress then 0 else jobs.crashes end,
    error = done.error,
    finished_at = case when done.state in ('succeeded', 'failed', 'cancelled') or jobs.is_cancelled then now() end,
    lease_owner = null, lease_until = null
  from unnest($1::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::float8[], $7::boolean[], $8::jsonb[])
    as done(id, epoch, state, run_at, delay_ms, is_progress, error)
  where jobs.id = any($1) and jobs.id = done.id and jobs.epoch = done.epoch and jobs.state = 'running' and jobs.lease_owner = $2
  returning jobs.id, jobs.epoch, jobs.slot, jobs.state`;

/** Stores outcomes of jobs, and lets the next in where one has left a slot; returns the keys of the leases that still held. */
export async function settle(transaction: Queryable, settlements: readonly Settlement[]): Promise<Set<string>> {
  if (settlements.length === 0) return new Set();
  const owner = settlements[0]?.lease.owner ?? '';
  const outcomes = settlements.map(({ outcome }) => columnsOf(outcome));
  const settled = await transaction.query<{ id: string; epoch: number; slot: string | null; state: string }>(
    SETTLE,
    [
      settlements.map(({ lease }) => lease.jobId),
      owner,
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
    settled.rows.flatMap(({ slot, state }) => (slot !== null && ENDED.has(state) ? slot : [])),
  );
  return new Set(settled.rows.map(({ id, epoch }) => leaseKey({ jobId: id, epoch, owner })));
}

const ENDED = new Set(['succeeded', 'failed', 'cancelled']);

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

/**
 * Extends leases; returns the ids of those that still held, and of them those that were told something or are to end. A job that
 * somebody writes to at this moment is passed over rather than waited for: its lease lasts until the next heartbeat.
 */
export async function renew(
  db: Queryable,
  leases: readonly Lease[],
  leaseSeconds: number,
): Promise<{ held: Set<string>; told: Set<string>; cancelled: Set<string> }> {
  const { rows } = await db.query<{ id: string; is_signalled: boolean; is_cancelled: boolean }>(
    `with held as materialized (
       select jobs.id from unnest($1::uuid[], $2::int[]) as lease(job_id, lease_epoch)
       join jobs on jobs.id = any($1) and jobs.id = job_id and epoch = lease_epoch and lease_owner = $3 and state = 'running'
     ), free as materialized (
       select id from jobs where id = any(array(select id from held)) order by id for no key update skip locked
     ), renewed as (
       update jobs set lease_until = now() + $4 * interval '1 second' where id = any(array(select id from free))
         and lease_owner = $3 and state = 'running'
     )
     select id, is_signalled, is_cancelled from jobs where id = any(array(select id from held))`,
    [leases.map((lease) => lease.jobId), leases.map((lease) => lease.epoch), leases[0]?.owner ?? '', leaseSeconds],
  );
  return {
    held: new Set(rows.map(({ id }) => id)),
    told: new Set(rows.flatMap((row) => (row.is_signalled ? row.id : []))),
    cancelled: new Set(rows.flatMap((row) => (row.is_cancelled ? row.id : []))),
  };
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
    `with due as (
       update jobs set state = 'queued' where id = any(array(
         select id from jobs where state = 'scheduled' and run_at <= now() order by run_at limit 2000 for update skip locked))
       returning 1)
     select (select count(*) from due)::int as promoted,
       (select extract(epoch from min(run_at) - now()) * 1000 from jobs where state = 'scheduled' and run_at > now())::double precision as next_in_ms`,
  );
  return { promoted: rows[0]?.promoted ?? 0, nextInMs: rows[0]?.next_in_ms ?? null };
}

/** What a job that was claimed too often without progress is filed under. */
export const WORKER_DIED: JobFailure = {
  code: 'worker_died',
  message: 'Every worker that claimed this job ended or lost its lease before it made progress.',
};

/**
 * Takes back the jobs of workers that are gone: queued again, or dead letters when claimed too often.
 * @param ownerAlive takes every lease but this owner's, expired or not: right where only one process can be alive
 */
export async function reclaim(
  transaction: Queryable,
  ownerAlive?: string,
): Promise<{ requeued: number; dead: (DeadJob & { kind: string })[] }> {
  const condition = ownerAlive === undefined ? 'lease_until < now()' : 'lease_until is not null and lease_owner <> $2';
  const { rows } = await transaction.query<{ id: string; kind: string; state: string; slot: string | null }>(
    `update jobs set lease_owner = null, lease_until = null, crashes = crashes + 1,
       state = case when is_cancelled then 'cancelled' when attempts >= max_attempts then 'failed' else 'queued' end,
       error = case when attempts >= max_attempts and not is_cancelled then $1::jsonb else error end,
       finished_at = case when attempts >= max_attempts or is_cancelled then now() end
     where id = any(array(
       select id from jobs where state = 'running' and ${condition} order by lease_until limit 2000 for update skip locked))
     returning id, kind, state, slot`,
    [JSON.stringify(WORKER_DIED), ...(ownerAlive === undefined ? [] : [ownerAlive])],
  );
  await fillSlots(
    transaction,
    rows.flatMap(({ slot, state }) => (slot !== null && ENDED.has(state) ? slot : [])),
  );
  const dead = rows.filter((row) => row.state === 'failed').map(({ id, kind }) => ({ id, kind, error: WORKER_DIED }));
  return { requeued: rows.filter((row) => row.state === 'queued').length, dead };
}
