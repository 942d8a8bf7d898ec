import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import type { NewEvent, Receipt, StoredEvent } from './event.ts';

const COLUMNS = `row(id uuid, tenant_id uuid, event_type text, source text, payload jsonb, idempotency_key text,
  occurred_at timestamptz, trace_id text, hops smallint, subscription_id uuid)`;

/**
 * One statement stores the events whose idempotency key is new, and their place in the outbox. Keys are taken in order,
 * so that two batches with the same keys wait for each other instead of deadlocking.
 */
const INSERT = `with input as materialized (select * from jsonb_to_recordset($1::jsonb) as ${COLUMNS}),
  keys as (
    insert into automate.event_keys (tenant_id, key, event_id)
    select tenant_id, idempotency_key, id from input where idempotency_key is not null order by tenant_id, idempotency_key, id
    on conflict do nothing returning event_id
  ), stored as (
    insert into automate.events (id, tenant_id, event_type, source, payload, idempotency_key, occurred_at, trace_id, hops, subscription_id)
    select id, tenant_id, event_type, source, coalesce(payload, 'null'), idempotency_key, coalesce(occurred_at, now()), trace_id,
      coalesce(hops, 0), subscription_id from input
    where idempotency_key is null or id in (select event_id from keys)
    returning id, tenant_id, pg_column_size(payload) as bytes
  ), queued as (
    insert into automate.outbox (event_id, tenant_id, bytes) select id, tenant_id, bytes from stored
  )
  select id from stored`;

/** As far as its column goes. */
const MOST_HOPS = 32_000;

type Row = NewEvent & { readonly id: string };

/** Stores events; returns a receipt for each, in order. Works in the caller's transaction, whatever its search path. */
export async function insertEvents(transaction: Queryable, events: readonly Row[], isAgain = false): Promise<Receipt[]> {
  const { rows } = await transaction.query<{ id: string }>(INSERT, [JSON.stringify(events.map(toRow))], 'events_insert');
  const stored = new Set(rows.map(({ id }) => id));
  const repeated = events.filter((event) => !stored.has(event.id));
  const originals = repeated.length > 0 ? await findByKeys(transaction, repeated) : new Map<string, Receipt>();
  // The key was still there and its event is not any more: it was deleted at this very moment, and so the event is new.
  const orphans = isAgain ? [] : repeated.filter((event) => !originals.has(keyOf(event)));
  const later = orphans.length > 0 ? await insertEvents(transaction, orphans, true) : [];
  const laterById = new Map(orphans.map(({ id }, index) => [id, later[index] as Receipt]));
  return events.map(
    (event) =>
      originals.get(keyOf(event)) ?? laterById.get(event.id) ?? { eventId: event.id, status: 'accepted', traceId: event.traceId },
  );

  function keyOf(event: Row): string {
    return stored.has(event.id) ? '' : `${event.tenantId} ${event.idempotencyKey}`;
  }
}

function toRow(event: Row) {
  return {
    id: event.id,
    tenant_id: event.tenantId,
    event_type: event.eventType,
    source: event.source,
    payload: event.payload,
    idempotency_key: event.idempotencyKey,
    occurred_at: event.occurredAt,
    trace_id: event.traceId,
    hops: Math.min(event.hops ?? 0, MOST_HOPS),
    subscription_id: event.subscriptionId,
  };
}

async function findByKeys(transaction: Queryable, events: readonly Row[]): Promise<Map<string, Receipt>> {
  const { rows } = await transaction.query<{ tenant_id: string; key: string; id: string; trace_id: string }>(
    `select keys.tenant_id, keys.key, events.id, events.trace_id
     from unnest($1::uuid[], $2::text[]) as wanted(tenant_id, key)
     join automate.event_keys keys using (tenant_id, key)
     join automate.events on events.id = keys.event_id`,
    [events.map((event) => event.tenantId), events.map((event) => event.idempotencyKey)],
  );
  return new Map(
    rows.map((row) => [`${row.tenant_id} ${row.key}`, { eventId: row.id, status: 'duplicate', traceId: row.trace_id }]),
  );
}

/** Stores events that trigger nothing: the records of runs that somebody, or another workflow, has started. */
export async function insertHandledEvents(transaction: Queryable, events: readonly Row[]): Promise<void> {
  if (events.length === 0) return;
  await transaction.query(
    `insert into automate.events (id, tenant_id, event_type, source, payload, occurred_at, trace_id, hops, is_internal)
     select id, tenant_id, event_type, source, coalesce(payload, 'null'), coalesce(occurred_at, now()), trace_id, coalesce(hops, 0), true
     from jsonb_to_recordset($1::jsonb) as ${COLUMNS}`,
    [JSON.stringify(events.map(toRow))],
  );
}

/** What of a row makes a {@link StoredEvent}. */
export const EVENT_COLUMNS = 'id, tenant_id, event_type, source, payload, occurred_at, trace_id, hops, subscription_id';

/** Events by their ids; those that are gone are left out. */
export async function findEvents(transaction: Queryable, ids: readonly string[]): Promise<Map<string, StoredEvent>> {
  const { rows } = await transaction.query<EventRow>(`select ${EVENT_COLUMNS} from events where id = any($1)`, [ids]);
  return new Map(rows.map((row) => [row.id, toStored(row)]));
}

export function toStored(row: EventRow): StoredEvent {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    eventType: row.event_type,
    source: row.source,
    payload: row.payload,
    occurredAt: row.occurred_at,
    traceId: row.trace_id,
    hops: row.hops,
    subscriptionId: row.subscription_id,
  };
}

export interface EventRow {
  id: string;
  tenant_id: string;
  event_type: string;
  source: string;
  payload: Json;
  occurred_at: string;
  trace_id: string;
  hops: number;
  subscription_id: string | null;
}
