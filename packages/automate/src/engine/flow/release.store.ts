import type { Queryable } from '../../db/index.ts';
import { MAXIMUM_BATCH_BYTES, type WaitingEvent } from './batch-groups.ts';

/** Events of one batch that are looked at at once; more than any batch may have. */
export const EVENTS_PER_LOOK = 2_000;

export interface DueGathering {
  readonly id: string;
  readonly tenant_id: string;
  readonly workflow_id: string;
  readonly trigger_id: string;
  readonly mode: 'debounce' | 'batch';
  readonly size: number | null;
  readonly bytes: number;
  readonly last_event_id: string | null;
}

const COLUMNS = 'id, tenant_id, workflow_id, trigger_id, mode, size, bytes::float8 as bytes, last_event_id';

/** Locks the gatherings whose time has come. */
export async function lockDue(transaction: Queryable, limit: number): Promise<DueGathering[]> {
  const { rows } = await transaction.query<DueGathering>(
    `select ${COLUMNS} from gatherings where due_at <= now() order by due_at limit $1 for update skip locked`,
    [limit],
  );
  return rows;
}

/** Locks those of these that are still there. */
export async function lockGatherings(transaction: Queryable, ids: readonly string[]): Promise<DueGathering[]> {
  const { rows } = await transaction.query<DueGathering>(
    `select ${COLUMNS} from gatherings where id = any($1) order by id for update skip locked`,
    [ids],
  );
  return rows;
}

/** The first events of batches, without what is in them. */
export async function waitingEvents(transaction: Queryable, ids: readonly string[]): Promise<Map<string, WaitingEvent[]>> {
  if (ids.length === 0) return new Map();
  const { rows } = await transaction.query<WaitingEvent & { gathering_id: string }>(
    `select waiting.* from gatherings cross join lateral (
       select gathering_id, event_id, gathered_events.trigger_id, gathered_events.bytes,
         gathered_at + seconds * interval '1 second' <= now() as is_over
       from gathered_events where gathering_id = gatherings.id order by event_id limit ${EVENTS_PER_LOOK}
     ) as waiting where id = any($1) order by gathering_id, event_id`,
    [ids],
  );
  return Map.groupBy(rows, ({ gathering_id }) => gathering_id);
}

/** Takes events out of gatherings; one that is empty goes, and what is left waits from its first event on. */
export async function takeGathered(
  transaction: Queryable,
  taken: readonly { readonly gathering: DueGathering; readonly eventIds: readonly string[] }[],
): Promise<void> {
  const ids = taken.map(({ gathering }) => gathering.id);
  const pairs = taken.flatMap(({ gathering, eventIds }) => eventIds.map((eventId) => ({ id: gathering.id, eventId })));
  await transaction.query(
    `delete from gathered_events using unnest($1::uuid[], $2::uuid[]) as gone(id, gone_id) where gathering_id = id and event_id = gone_id`,
    [pairs.map(({ id }) => id), pairs.map(({ eventId }) => eventId)],
  );
  await transaction.query(
    `with rest as materialized (
       select id, count(event_id) as count, coalesce(sum(gathered_events.bytes), 0) as bytes, min(gathered_at) as first_at
       from gatherings left join gathered_events on gathering_id = id where id = any($1) group by id
     ), gone as (
       delete from gatherings where id = any(array(select id from rest where rest.count = 0))
     )
     update gatherings set count = rest.count, bytes = rest.bytes, first_at = rest.first_at,
       due_at = case when rest.count >= size or rest.bytes >= $2 then now() else rest.first_at + seconds * interval '1 second' end
     from rest where gatherings.id = any($1) and gatherings.id = rest.id and rest.count > 0`,
    [ids, MAXIMUM_BATCH_BYTES],
  );
}

/** Hands the idempotency keys of events to the execution that they have started. */
export async function handKeysOn(
  transaction: Queryable,
  started: readonly { readonly executionId: string; readonly eventIds: readonly string[] }[],
): Promise<void> {
  const pairs = started.flatMap(({ executionId, eventIds }) => eventIds.map((eventId) => ({ executionId, eventId })));
  if (pairs.length === 0) return;
  await transaction.query(
    `update execution_keys set execution_id = started_id, is_gathered = false
     from unnest($1::uuid[], $2::uuid[]) as started(event_id, started_id) where is_gathered and execution_id = event_id`,
    [pairs.map(({ eventId }) => eventId), pairs.map(({ executionId }) => executionId)],
  );
}

/** Frees the idempotency keys of events that have started nothing. */
export async function freeKeys(transaction: Queryable, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  await transaction.query('delete from execution_keys where is_gathered and execution_id = any($1)', [eventIds]);
}

/** In how many milliseconds the next gathering is due, or null. */
export async function nextDueMs(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select (extract(epoch from min(due_at) - now()) * 1000)::float8 as ms from gatherings`,
  );
  return rows[0]?.ms ?? null;
}
