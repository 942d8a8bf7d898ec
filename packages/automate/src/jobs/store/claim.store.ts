import type { Db } from '../../db/index.ts';
import type { ClaimedJob } from '../job.ts';

/** Most lanes one claim looks at; the next claim goes on behind the last of them. */
export const LANES_PER_CLAIM = 64;

/** Most suspects one claim looks at, to find one that no other worker looks at too. */
const SUSPECTS_PER_CLAIM = 20;

// The queue changes faster than its statistics: the planner would take it for short, and sort all of it to find its head. There is one
// good plan whatever its length, in the order of the indexes, and this leaves no other. Rows are named by `= any(array(…))` for the same end.
const IN_ORDER_OF_INDEXES = `select set_config('plan_cache_mode', 'force_generic_plan', true), ${[
  'sort',
  'bitmapscan',
  'seqscan',
  'hashjoin',
  'mergejoin',
]
  .map((way) => `set_config('enable_${way}', 'off', true)`)
  .join(', ')}`;

/** Which jobs a statement looks for, beside those that only one worker may have at a time. */
const readyOf = {
  'every kind': 'not is_suspect',
  'some kinds': 'not is_suspect and kind = any($4)',
  // Has an index of its own.
  'no bulk': 'not is_suspect and kind = any($4) and not is_bulk',
} as const;
export type Wanted = keyof typeof readyOf;

/**
 * Lanes that have work are found by skipping through the index (one probe a lane), then the head of each is taken:
 * the cost follows the number of lanes and of claimed jobs, never the length of the backlog. Who claims some kinds only
 * walks over the lanes that have such jobs; who claims some lanes only looks at these. One suspect comes on top where it may.
 * Jobs are locked before their places in the queue, by everybody, so that nobody deadlocks. Nothing is claimed without a lease.
 */
function claimStatement(wanted: Wanted, hasLanes: boolean): string {
  const ready = readyOf[wanted];
  const walk = `walk(lane) as (
    (select lane from job_queue where ${ready} and lane > $3 order by lane limit 1)
    union all
    select (select place.lane from job_queue place where ${ready} and place.lane > walk.lane order by place.lane limit 1)
    from walk where walk.lane is not null
  ), heads as materialized (
    select lane from walk where lane is not null limit least($1, ${LANES_PER_CLAIM})
  )`;
  const own = `heads as materialized (
    select lane from unnest($6::text[]) as own(lane) where lane > $3
      and exists (select from job_queue where job_queue.lane = own.lane and ${ready})
    order by lane limit least($1, ${LANES_PER_CLAIM})
  )`;
  return `with recursive fence as materialized (
    select name from workers where name = $2 for key share
  ), ${hasLanes ? own : walk}, picked as materialized (
    select head.place, head.id
    from (select lane, ceil($1::numeric / (select count(*) from heads))::int as share from heads) as lanes
    cross join lateral (
      select job_queue.ctid as place, jobs.id from job_queue join jobs on jobs.id = job_id
      where job_queue.lane = lanes.lane and job_queue.kind = any($4) and not is_suspect and jobs.state = 'queued'
      order by rank, job_id limit lanes.share for update of jobs skip locked
    ) as head
    limit $1
  ), suspects as materialized (
    select ctid as place, job_id from job_queue where is_suspect and kind = any($4) ${hasLanes ? 'and lane = any($6)' : ''}
    order by job_id limit ${SUSPECTS_PER_CLAIM}
  ), locked as materialized (
    select id from jobs where id = any(array(select job_id from suspects)) and state = 'queued'
    order by id limit $5 for update skip locked
  ), suspect as materialized (
    select place, job_id as id from suspects where job_id = any(array(select id from locked))
  ), taken as (
    delete from job_queue where ctid = any(array(select place from picked union all select place from suspect))
      and exists (select from fence)
    returning job_id
  ), claimed as (
    update jobs set state = 'running', attempts = attempts + 1, epoch = epoch + 1, lease_owner = $2,
      started_at = coalesce(started_at, now())
    where id = any(array(select job_id from taken))
    returning id, tenant_id, lane, kind, trace_id, payload, attempts, max_attempts, epoch, is_notified, started_at, slot
  ), leased as (
    insert into job_leases (owner, job_id, tenant_id, kind) select $2, id, tenant_id, kind from claimed
  )
  select claimed.*, id = any(array(select id from suspect)) as is_suspect from claimed`;
}

const statements: ReadonlyMap<string, string> = new Map(
  (Object.keys(readyOf) as Wanted[]).flatMap((wanted) =>
    [true, false].map((hasLanes) => [`${wanted} ${hasLanes}`, claimStatement(wanted, hasLanes)] as const),
  ),
);

export interface ClaimOptions {
  /** A worker whose lease holds. */
  readonly owner: string;
  readonly limit: number;
  readonly kinds: readonly string[];
  /** `some kinds` when these are fewer than there are, `no bulk` when they come in no bulk either. Default: every kind. */
  readonly wanted?: Wanted | undefined;
  /** Only these lanes. Default: all. */
  readonly lanes?: readonly string[] | undefined;
  /** Whether one of the jobs that workers did not survive may come on top. */
  readonly takesSuspect?: boolean;
  /** Look only at lanes behind this one; `''` starts from the first. */
  readonly afterLane: string;
}

/** Claims jobs; `nextLane` is where the next claim goes on, `''` when it starts from the first lane again. */
export async function claim(
  db: Pick<Db, 'transaction'>,
  options: ClaimOptions,
): Promise<{ jobs: ClaimedJob[]; nextLane: string }> {
  const { owner, limit, kinds, wanted = 'every kind', lanes: own, afterLane, takesSuspect = true } = options;
  const key = `${wanted} ${own !== undefined}`;
  const values = [limit, owner, afterLane, kinds, takesSuspect ? 1 : 0, ...(own ? [own] : [])];
  const [, { rows }] = await db.transaction((transaction) =>
    Promise.all([
      transaction.query(IN_ORDER_OF_INDEXES, [], 'jobs_claim_plan'),
      transaction.query<ClaimRow>(statements.get(key) as string, values, `jobs_claim ${key}`),
    ]),
  );
  const jobs = rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    lane: row.lane,
    kind: row.kind,
    traceId: row.trace_id,
    payload: row.payload,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    isNotified: row.is_notified,
    startedAt: new Date(row.started_at),
    isSuspect: row.is_suspect,
    slot: row.slot,
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
  is_notified: boolean;
  started_at: string;
  slot: string | null;
  is_suspect: boolean;
}
