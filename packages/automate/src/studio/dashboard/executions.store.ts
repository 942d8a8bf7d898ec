import type { Db, Queryable } from '../../db/index.ts';
import { durationBin } from './durations.ts';
import type { Chunk } from './history.ts';

/** Executions that were made in some time, as they stand. */
export interface ExecutionTally {
  /** By status. */
  readonly statuses: Map<string, number>;
  /** Durations of those that succeeded or failed, by bin. */
  readonly bins: Map<number, number>;
  /** By workflow and, of those that failed, by code. */
  readonly groups: Map<string, ExecutionGroup>;
}

export interface ExecutionGroup {
  readonly workflowId: string;
  /** Why they failed; null: they did not, or not yet. */
  readonly code: string | null;
  count: number;
  /** Of those that succeeded or failed. */
  ended: number;
  totalMs: number;
  longestMs: number;
  /** The latest of those that failed, and when. */
  lastId: string | null;
  lastAt: string | null;
}

export interface Range {
  readonly from: string;
  /** Not among them. */
  readonly to: string;
  readonly limit: number;
}

/** Part of history that an id belongs to, in SQL. */
const PART = `(('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / $5)::int`;
const MS = `greatest(extract(epoch from finished_at - coalesce(started_at, created_at)) * 1000, 0)::float8`;
const ENDED = `status in ('succeeded', 'failed')`;

const EXECUTIONS = `with rows as materialized (
    select id, ${PART} as part, workflow_id, status, finished_at, case when ${ENDED} then ${MS} end as ms,
      case when status = 'failed' then left(coalesce(error ->> 'code', ''), 100) end as code
    from executions where tenant_id = $1 and id >= $2 and id < $3 order by id desc limit $4
  ), binned as (select rows.*, case when ms is not null then ${durationBin('ms')} end as bin from rows)
  select part, status, bin, workflow_id, code, grouping(part) = 1 as is_all, grouping(status) = 0 as is_status, count(*)::int as count,
    count(ms)::int as ended, coalesce(sum(ms), 0) as total_ms, coalesce(max(ms), 0) as longest_ms, min(id::text) as first_id,
    max(id::text) as last_id, max(finished_at) filter (where code is not null) as last_at
  from binned group by grouping sets ((part, status, bin), (part, workflow_id, code), ())`;

/** Most codes and workflows of a part that are kept apart: those that fail most often, and those that take most time. */
const KEPT_GROUPS = 40;

/** Counts the newest executions of a range of ids. @param tenant.partMs length of the parts that they are counted by */
export async function countExecutions(
  db: Db,
  { tenantId, partMs }: { tenantId: string; partMs: number },
  { from, to, limit }: Range,
): Promise<Chunk<ExecutionTally>> {
  const { rows } = await within(db, tenantId, (transaction) =>
    transaction.query<GroupRow>(EXECUTIONS, [tenantId, from, to, limit, partMs]),
  );
  const tallies = new Map<number, ExecutionTally>();
  const all = rows.find((row) => row.is_all);
  for (const row of rows) {
    if (row.is_all || row.part === null) continue;
    const tally = tallies.get(row.part) ?? emptyTally();
    tallies.set(row.part, tally);
    if (row.is_status) addStatus(tally, row);
    else addGroup(tally.groups, groupOf(row));
  }
  return { tallies, rows: all?.count ?? 0, lastId: all?.first_id ?? undefined };
}

export function emptyTally(): ExecutionTally {
  return { statuses: new Map(), bins: new Map(), groups: new Map() };
}

function addStatus({ statuses, bins }: ExecutionTally, { status, bin, count }: GroupRow): void {
  statuses.set(status, (statuses.get(status) ?? 0) + count);
  if (bin !== null) bins.set(bin, (bins.get(bin) ?? 0) + count);
}

function groupOf(row: GroupRow): ExecutionGroup {
  return {
    workflowId: row.workflow_id,
    code: row.code,
    count: row.count,
    ended: row.ended,
    totalMs: Number(row.total_ms),
    longestMs: Number(row.longest_ms),
    lastId: row.code === null ? null : row.last_id,
    lastAt: row.last_at,
  };
}

/** Adds a group to those of its like. */
export function addGroup(groups: Map<string, ExecutionGroup>, more: ExecutionGroup): void {
  const key = `${more.workflowId} ${more.code === null ? '' : `!${more.code}`}`;
  const group = groups.get(key);
  if (!group) {
    groups.set(key, { ...more });
    return;
  }
  group.count += more.count;
  group.ended += more.ended;
  group.totalMs += more.totalMs;
  group.longestMs = Math.max(group.longestMs, more.longestMs);
  // Ids grow with time.
  if (more.lastId !== null && (group.lastId === null || more.lastId > group.lastId)) group.lastId = more.lastId;
  if (more.lastAt !== null && (group.lastAt === null || Date.parse(more.lastAt) > Date.parse(group.lastAt)))
    group.lastAt = more.lastAt;
}

/** Lets go of groups that no list of the most frequent or the slowest would show. */
export function trimGroups(groups: Map<string, ExecutionGroup>): void {
  if (groups.size <= 2 * KEPT_GROUPS) return;
  const all = [...groups];
  const failing = all.filter(([, { code }]) => code !== null).sort(([, left], [, right]) => right.count - left.count);
  const slow = all.filter(([, { ended }]) => ended > 0).sort(([, left], [, right]) => right.totalMs - left.totalMs);
  groups.clear();
  for (const [key, group] of [...failing.slice(0, KEPT_GROUPS), ...slow.slice(0, KEPT_GROUPS)]) groups.set(key, group);
}

const TIMEOUT_MS = 3_000;

/** Statements within a tenant, each within its time. */
export async function within<Result>(
  db: Db,
  tenantId: string,
  work: (transaction: Queryable) => Promise<Result>,
): Promise<Result> {
  return db.asTenant(tenantId, async (transaction) => {
    await transaction.query(`select set_config('statement_timeout', $1, true)`, [String(TIMEOUT_MS)]);
    return work(transaction);
  });
}

interface GroupRow {
  readonly part: number | null;
  readonly status: string;
  readonly bin: number | null;
  readonly workflow_id: string;
  readonly code: string | null;
  readonly is_all: boolean;
  readonly is_status: boolean;
  readonly count: number;
  readonly ended: number;
  readonly total_ms: string | number;
  readonly longest_ms: string | number;
  readonly first_id: string | null;
  readonly last_id: string;
  readonly last_at: string | null;
}
