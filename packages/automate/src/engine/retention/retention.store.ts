import { type Db, type Queryable, sqlIn } from '../../db/index.ts';
import { deleteJobs, isUnfinishedJob } from '../../jobs/index.ts';
import type { RetentionDays } from '../policy/execution-policy.ts';
import { endedExecutions } from '../records/status.ts';

/** Rows that one statement looks at or deletes. */
const BATCH = 500;
const STEPS_PER_STATEMENT = 2_000;

/** Makes a process the one that does a sweep, when it is due and nobody else is at it; for so long, unless it is held again. */
export async function takeSweep(db: Db, { name, holder, seconds }: Sweep): Promise<boolean> {
  await db.query('insert into sweeps (name) values ($1) on conflict (name) do nothing', [name]);
  const { rowCount } = await db.query(
    `update sweeps set holder = $2, held_until = now() + make_interval(secs => $3)
     where name = $1 and due_at <= now() and (held_until is null or held_until < now())`,
    [name, holder, seconds],
  );
  return rowCount > 0;
}

/** False when another process has it by now. */
export async function holdSweep(db: Db, { name, holder, seconds }: Sweep): Promise<boolean> {
  const { rowCount } = await db.query(
    'update sweeps set held_until = now() + make_interval(secs => $3) where name = $1 and holder = $2',
    [name, holder, seconds],
  );
  return rowCount > 0;
}

export async function endSweep(
  db: Db,
  { name, holder, dueInSeconds }: Omit<Sweep, 'seconds'> & { dueInSeconds: number },
): Promise<void> {
  await db.query(
    `update sweeps set holder = null, held_until = null, due_at = now() + make_interval(secs => $3) where name = $1 and holder = $2`,
    [name, holder, dueInSeconds],
  );
}

export interface Sweep {
  readonly name: string;
  readonly holder: string;
  readonly seconds: number;
}

export async function tenantsAfter(db: Db, after: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select id from tenants where id > $1 order by id limit $2', [after, BATCH]);
  return rows.map(({ id }) => id);
}

/** A piece of a tenant's history: what of it is past its time, and where the next piece begins; undefined behind the last. */
export interface Piece {
  readonly expired: readonly string[];
  readonly next: string | undefined;
}

const ENDED = `status ${sqlIn(endedExecutions)}`;
const HAS_JOB = isUnfinishedJob('executions.id');

/** Executions that have ended and are past the time of their status. Ids follow the time, so the walk ends at what is too young for any. */
export async function expiredExecutions(db: Db, tenantId: string, after: string, days: RetentionDays): Promise<Piece> {
  const shortest = Math.min(...[days.succeeded, days.failed, days.cancelled].map((limit) => limit ?? Number.POSITIVE_INFINITY));
  if (shortest === Number.POSITIVE_INFINITY) return { expired: [], next: undefined };
  const { rows } = await db.query<PieceRow>(
    `select id, created_at >= now() - make_interval(days => $7) as is_young,
       coalesce(${ENDED} and not ${HAS_JOB} and finished_at < now() - make_interval(days =>
         case status when 'succeeded' then $4::int when 'failed' then $5::int else $6::int end), false) as is_expired
     from executions where tenant_id = $1 and id > $2 order by id limit $3`,
    [tenantId, after, BATCH, days.succeeded, days.failed, days.cancelled, shortest],
  );
  return toPiece(rows);
}

/**
 * Deletes executions with their steps, jobs and the verdicts that started them; again only those that have ended.
 * @param stepsOf those of them whose steps do not wait for their month to be dropped
 */
export async function deleteExecutions(
  db: Db,
  ids: readonly string[],
  stepsOf: readonly string[],
): Promise<{ executions: number; steps: number }> {
  let steps = 0;
  while (stepsOf.length > 0) {
    // A place is one within its partition, so it takes the ids too to name a row.
    const { rowCount } = await db.query(
      `delete from step_runs where execution_id = any($1) and (tableoid, ctid) in (
         select tableoid, ctid from step_runs where execution_id = any($1) limit $2)`,
      [stepsOf, STEPS_PER_STATEMENT],
    );
    steps += rowCount;
    if (rowCount < STEPS_PER_STATEMENT) break;
  }
  return db.transaction(async (transaction) => {
    const { rows } = await transaction.query<{ id: string; event_id: string }>(
      `select id, event_id from executions where id = any($1) and ${ENDED} and not ${HAS_JOB}
       order by id for update skip locked`,
      [ids],
    );
    const gone = rows.map(({ id }) => id);
    await transaction.query('delete from verdicts where event_id = any($1) and execution_id = any($2)', [
      rows.map(({ event_id }) => event_id),
      gone,
    ]);
    await deleteJobs(transaction, gone);
    await transaction.query('delete from signals where execution_id = any($1)', [gone]);
    await transaction.query('delete from execution_keys where execution_id = any($1)', [gone]);
    await transaction.query('delete from execution_trees where root_id = any($1)', [gone]);
    const deleted = await transaction.query('delete from executions where id = any($1)', [gone]);
    return { executions: deleted.rowCount, steps };
  });
}

/** Events past their time that were decided about and of which no execution is left. */
export async function expiredEvents(db: Db, tenantId: string, after: string, days: number | null): Promise<Piece> {
  if (days === null) return { expired: [], next: undefined };
  const { rows } = await db.query<PieceRow>(
    `select id, received_at >= now() - make_interval(days => $4) as is_young,
       received_at < now() - make_interval(days => $4) and ${UNUSED} as is_expired
     from events where tenant_id = $1 and id > $2 order by id limit $3`,
    [tenantId, after, BATCH, days],
  );
  return toPiece(rows);
}

/** With their verdicts, and their idempotency keys: a key without its event would make a new event a duplicate of nothing. */
export async function deleteEvents(db: Queryable, ids: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `with gone as (
       delete from events where id = any($1) and ${UNUSED} returning id, tenant_id, idempotency_key
     ), keys as (
       delete from event_keys using gone
       where event_keys.tenant_id = gone.tenant_id and event_keys.key = gone.idempotency_key and event_keys.event_id = gone.id
     ), decided as (
       delete from verdicts using gone where verdicts.event_id = gone.id
     )
     select count(*) as count from gone`,
    [ids],
  );
  return Number(rows[0]?.count);
}

const UNUSED = `not exists (select from outbox where outbox.tenant_id = events.tenant_id and outbox.event_id = events.id)
  and not exists (select from executions where executions.event_id = events.id)
  and not exists (select from gatherings where last_event_id = events.id)
  and not exists (select from gathered_events where gathered_events.event_id = events.id)`;

interface PieceRow {
  readonly id: string;
  readonly is_young: boolean;
  readonly is_expired: boolean;
}

function toPiece(rows: readonly PieceRow[]): Piece {
  const isLast = rows.length < BATCH || rows.every((row) => row.is_young);
  return { expired: rows.filter((row) => row.is_expired).map(({ id }) => id), next: isLast ? undefined : rows.at(-1)?.id };
}
