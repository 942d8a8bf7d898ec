import type { Queryable } from '../../db/index.ts';
import { EVENT_COLUMNS, type EventRow, toStored } from '../events/event.store.ts';
import type { StoredEvent } from '../events/event.ts';

/** An event that waits for its decisions. */
export interface OutboxEvent extends StoredEvent {
  /** About how many its payload has. */
  readonly bytes: number;
}

/** Where an event stands in the outbox, as long as the transaction that has locked it is open. */
export interface Place {
  readonly place: string;
  readonly eventId: string;
}

/** Tenants whose events one take looks at; the next goes on behind the last of them. */
const TENANTS_PER_TAKE = 64;
/** Behind it is every tenant. */
export const FIRST_TENANT = '00000000-0000-0000-0000-000000000000';

const COLUMNS = EVENT_COLUMNS.split(', ')
  .map((column) => `events.${column}`)
  .join(', ');

/**
 * Tenants with events are found by skipping through the index, one probe each; each gives its oldest events, in turn, up to a number and
 * a weight. What is locked beyond the weight is free again with the end of the transaction.
 */
const TAKE = `with recursive walk(tenant_id) as (
    (select tenant_id from outbox where tenant_id > $3 order by tenant_id limit 1)
    union all
    select (select place.tenant_id from outbox place where place.tenant_id > walk.tenant_id order by place.tenant_id limit 1)
    from walk where walk.tenant_id is not null
  ), heads as materialized (
    select tenant_id from walk where tenant_id is not null and not tenant_id = any($4) limit ${TENANTS_PER_TAKE}
  ), locked as materialized (
    select head.* from (select tenant_id, ceil($1::numeric / (select count(*) from heads))::int as share from heads) as turn
    cross join lateral (
      select ctid as place, event_id, outbox.tenant_id, bytes from outbox where outbox.tenant_id = turn.tenant_id
      order by event_id limit turn.share for update skip locked
    ) as head
  ), ranked as (
    select *, row_number() over (partition by tenant_id order by event_id) as turn from locked
  ), weighed as (
    select *, row_number() over (order by turn, event_id) as rank,
      coalesce(sum(bytes) over (order by turn, event_id rows between unbounded preceding and 1 preceding), 0) as before
    from ranked
  ), taken as materialized (
    select place, event_id, tenant_id, bytes, rank from weighed where before < $2
  )
  select taken.place::text as place, taken.event_id, taken.tenant_id as of_tenant, taken.bytes, (select max(tenant_id::text) from heads) as last_tenant,
    (select count(*) from heads)::int as tenants,
    exists (select from heads cross join lateral (
      select from automate.event_waits wait where wait.tenant_id = heads.tenant_id order by shape limit 1) as wait) as is_awaited, ${COLUMNS}
  from taken left join events on events.id = taken.event_id and events.id = any(array(select event_id from taken)) order by rank`;

export interface Taken {
  readonly events: readonly OutboxEvent[];
  readonly places: readonly Place[];
  /** Whether somebody waits for events of one of these tenants. Who began to do so before an event came is seen together with it. */
  readonly isAwaited: boolean;
  /** Behind which tenant the next take goes on. */
  readonly next: string;
}

/** Locks the oldest events of each tenant in turn, for as long as the transaction is open, and reads them. */
export async function takeFromOutbox(
  transaction: Queryable,
  { limit, bytes, after, except }: { limit: number; bytes: number; after: string; except: readonly string[] },
): Promise<Taken> {
  const { rows } = await transaction.query<TakenRow>(TAKE, [limit, bytes, after, except], 'outbox_take');
  const [first] = rows;
  return {
    events: rows.flatMap((row) => (row.id === null ? [] : { ...toStored(row as EventRow), bytes: row.bytes })),
    places: rows.map((row) => ({ place: row.place, eventId: row.event_id })),
    isAwaited: first?.is_awaited === true,
    next: first && first.tenants >= TENANTS_PER_TAKE ? first.last_tenant : FIRST_TENANT,
  };
}

type TakenRow = { [Column in keyof EventRow]: EventRow[Column] | null } & {
  readonly place: string;
  readonly event_id: string;
  readonly bytes: number;
  readonly last_tenant: string;
  readonly tenants: number;
  readonly is_awaited: boolean;
};

/** Reads the oldest events of one tenant without locking them: who decides about them takes time, and takes them then. */
export async function peekOutbox(
  db: Queryable,
  { tenantId, limit, bytes }: { tenantId: string; limit: number; bytes: number },
): Promise<OutboxEvent[]> {
  const { rows } = await db.query<EventRow & { bytes: number }>(
    `with heads as (
       select event_id, bytes from outbox where tenant_id = $1 order by event_id limit $2
     ), weighed as (
       select *, coalesce(sum(bytes) over (order by event_id rows between unbounded preceding and 1 preceding), 0) as before from heads
     ), taken as materialized (select event_id, bytes from weighed where before < $3)
     select taken.bytes, ${COLUMNS} from taken join events on events.id = taken.event_id and events.id = any(array(select event_id from taken))
     order by events.id`,
    [tenantId, limit, bytes],
  );
  return rows.map((row) => ({ ...toStored(row), bytes: row.bytes }));
}

export interface Head {
  readonly id: string;
  readonly tenantId: string;
  readonly eventType: string;
  readonly subscriptionId: string | null;
  readonly traceId: string;
}

/** The event that the next take begins with, without its payload. */
export async function headOfOutbox(db: Queryable, after: string, except: readonly string[]): Promise<Head | undefined> {
  const { rows } = await db.query<Head>(
    `select events.id, outbox.tenant_id as "tenantId", event_type as "eventType", trace_id as "traceId",
       subscription_id as "subscriptionId"
     from outbox join events on events.id = event_id
     where outbox.tenant_id > $1 and not outbox.tenant_id = any($2) order by outbox.tenant_id, event_id limit 1`,
    [after, except],
  );
  return rows[0];
}

/** Locks those of these events that nobody else has at this moment. */
export async function lockInOutbox(
  transaction: Queryable,
  events: readonly Pick<StoredEvent, 'id' | 'tenantId'>[],
): Promise<Place[]> {
  const { rows } = await transaction.query<{ place: string; event_id: string }>(
    `select outbox.ctid::text as place, outbox.event_id from unnest($1::uuid[], $2::uuid[]) as wanted(tenant_id, event_id)
     join outbox using (tenant_id, event_id) for update of outbox skip locked`,
    [events.map(({ tenantId }) => tenantId), events.map(({ id }) => id)],
  );
  return rows.map(({ place, event_id }) => ({ place, eventId: event_id }));
}

/** Removes events that the transaction has locked. */
export async function leaveOutbox(transaction: Queryable, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return;
  await transaction.query('delete from outbox where ctid = any($1::tid[])', [places.map(({ place }) => place)], 'outbox_leave');
}

/** How old the event is that has waited longest, in seconds; null when none waits. Its id tells when it was taken in. */
export async function oldestSeconds(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ seconds: number | null }>(
    `with recursive walk(tenant_id) as (
       (select tenant_id from outbox order by tenant_id limit 1)
       union all
       select (select place.tenant_id from outbox place where place.tenant_id > walk.tenant_id order by place.tenant_id limit 1)
       from walk where walk.tenant_id is not null
     ), oldest as (
       select (select event_id from outbox where outbox.tenant_id = walk.tenant_id order by event_id limit 1) as event_id
       from walk where tenant_id is not null limit 1000
     )
     select extract(epoch from now() - min(received_at))::float8 as seconds from events where id = any(array(select event_id from oldest))`,
    [],
  );
  return rows[0]?.seconds ?? null;
}
