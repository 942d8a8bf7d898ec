import type { Db } from '../../db/index.ts';
import type { RetentionDays } from '../policy/execution-policy.ts';

/** Rows that one statement looks at or deletes. */
const BATCH = 500;
const STEPS_PER_STATEMENT = 2_000;

/** A month of history that is over, as a range of ids. */
export interface Month {
  readonly history: 'step_runs' | 'events';
  /** Names it, as in `2026_11`. */
  readonly suffix: string;
  /** The smallest id that is in it, and the smallest that is behind it. */
  readonly first: string;
  readonly beyond: string;
  /** When it was over, in milliseconds since 1970. */
  readonly endedAt: number;
}

/** Months that are to be there and are not, as in `2026-11-01`. */
export async function missingMonths(db: Db, ahead: number): Promise<string[]> {
  const { rows } = await db.query<{ month: string }>(
    'select distinct month::text as month from missing_history_months($1) as month order by 1',
    [ahead],
  );
  return rows.map(({ month }) => month);
}

/** False when the default partition has more of it than is moved at once, so that it stays there. */
export async function addMonth(db: Db, month: string): Promise<boolean> {
  const { rows } = await db.query<{ done: boolean }>('select add_history_month($1::date) as done', [month]);
  return rows[0]?.done ?? false;
}

/** Months that are over, the oldest first. Those of verdicts go with those of their events. */
export async function monthsOver(db: Db, history: Month['history']): Promise<Month[]> {
  const { rows } = await db.query<{ suffix: string; first: string; beyond: string; ended_at: string }>(
    `select suffix, coalesce(month_id(since), '00000000-0000-0000-0000-000000000000') as first, month_id(until) as beyond,
       until::timestamp at time zone 'utc' as ended_at
     from history_partitions where history = $1 and until <= now() at time zone 'utc' order by until`,
    [history],
  );
  return rows.map(({ suffix, first, beyond, ended_at }) => ({ history, suffix, first, beyond, endedAt: Date.parse(ended_at) }));
}

/** False when something in it is needed still. */
export async function dropMonth(db: Db, { history, suffix }: Month, takenBefore: Date): Promise<boolean> {
  const { rows } = await db.query<{ done: boolean }>('select drop_history_month($1, $2, $3) as done', [
    history,
    suffix,
    takenBefore.toISOString(),
  ]);
  return rows[0]?.done ?? false;
}

/** Tenants of which there are executions, or events, in a month. */
export async function tenantsOf(db: Db, { history, first, beyond }: Month): Promise<string[]> {
  const table = history === 'events' ? 'events' : 'executions';
  const { rows } = await db.query<{ id: string }>(
    `select id from tenants
     where exists (select from ${table} where tenant_id = tenants.id and ${table}.id >= $1 and ${table}.id < $2)`,
    [first, beyond],
  );
  return rows.map(({ id }) => id);
}

/** Whether a month has executions that have not ended, or are not past their time. */
export async function hasLiving(db: Db, { first, beyond }: Month, days: ReadonlyMap<string, RetentionDays>): Promise<boolean> {
  const rules = [...days].map(([tenant_id, { succeeded, failed, cancelled }]) => ({ tenant_id, succeeded, failed, cancelled }));
  const { rows } = await db.query<{ found: boolean }>(
    `select exists (
       select from executions left join jsonb_to_recordset($3::jsonb)
         as rule(tenant_id uuid, succeeded int, failed int, cancelled int) using (tenant_id)
       where executions.id >= $1 and executions.id < $2
         and not coalesce(finished_at < now() - make_interval(days =>
           case status when 'succeeded' then succeeded when 'failed' then failed when 'cancelled' then cancelled end), false)
     ) as found`,
    [first, beyond, JSON.stringify(rules)],
  );
  return rows[0]?.found ?? true;
}

export async function countSteps(db: Db, { first, beyond }: Month): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*) as count from step_runs where execution_id >= $1 and execution_id < $2',
    [first, beyond],
  );
  return Number(rows[0]?.count);
}

/**
 * Deletes steps of executions that are gone, a few at a time, behind one of them.
 * @returns how many, and where to go on; undefined at the end
 */
export async function deleteOrphans(
  db: Db,
  { beyond }: Month,
  after: string,
): Promise<{ deleted: number; next: string | undefined }> {
  const { rows } = await db.query<{ id: string }>(
    `select execution_id as id from step_runs where execution_id >= $1 and execution_id < $2
       and not exists (select from executions where executions.id = execution_id) order by execution_id limit $3`,
    [after, beyond, STEPS_PER_STATEMENT],
  );
  const ids = [...new Set(rows.map(({ id }) => id))];
  const { rowCount } = await db.query(
    `delete from step_runs where (execution_id, node_path, iteration) in (
       select execution_id, node_path, iteration from step_runs where execution_id = any($1) limit $2)
       and execution_id = any($1)`,
    [ids, STEPS_PER_STATEMENT],
  );
  return { deleted: rowCount, next: rows.length < STEPS_PER_STATEMENT ? undefined : ids.at(-1) };
}

/** Lets go of the idempotency keys of a month's events that nothing needs; with how many events it has looked at. */
export async function forgetKeys(
  db: Db,
  { first, beyond }: Month,
  { after, takenBefore }: { after: string | undefined; takenBefore: Date },
): Promise<{ seen: number; next: string | undefined }> {
  const { rows } = await db.query<{ id: string }>(
    `with found as (
       select id, tenant_id, idempotency_key, received_at from events
       where id >= $1 and id < $2 and ($3::uuid is null or id > $3) order by id limit $4
     ), forgotten as (
       delete from event_keys using found where event_keys.tenant_id = found.tenant_id and event_keys.key = found.idempotency_key
         and event_keys.event_id = found.id and received_at < $5
         and not exists (select from executions where executions.event_id = found.id)
     )
     select id from found order by id`,
    [first, beyond, after ?? null, BATCH, takenBefore.toISOString()],
  );
  return { seen: rows.length, next: rows.length < BATCH ? undefined : rows.at(-1)?.id };
}
