import type { Queryable } from '../../db/index.ts';
import { newId } from '../../kernel/index.ts';
import { MAXIMUM_BATCH_BYTES } from './batch-groups.ts';

export interface GatheredEvent {
  readonly triggerId: string;
  /** What the trigger says, whichever version it stands in. */
  readonly meaning: string;
  readonly key: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly mode: 'debounce' | 'batch';
  readonly eventId: string;
  /** About how many its payload has. */
  readonly bytes: number;
  readonly seconds: number;
  /** Debounce: since the first event. */
  readonly maximumSeconds: number | null;
  /** Batch: due at once with so many. */
  readonly size: number | null;
  /** Batch: the event counts but once for each value. */
  readonly idempotencyKey: string | undefined;
}

/** Where a group of that name waits already, it grows; a debounce begins anew. */
const GATHER = `insert into gatherings as known (id, tenant_id, workflow_id, meaning, key, mode, seconds, maximum_seconds, size, last_event_id,
   trigger_id, count, bytes, due_at)
 select id, tenant_id, workflow_id, meaning, key, mode, seconds, maximum_seconds, size, last_event_id, trigger_id, count, bytes,
   case when count >= size or bytes >= $14 then now() else now() + seconds * interval '1 second' end
 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::int[],
   $10::uuid[], $11::uuid[], $12::int[], $13::bigint[])
   as new(id, tenant_id, workflow_id, meaning, key, mode, seconds, maximum_seconds, size, last_event_id, trigger_id, count, bytes)
 order by workflow_id, meaning, key
 on conflict (workflow_id, meaning, key) do update set
   seconds = excluded.seconds, maximum_seconds = excluded.maximum_seconds, size = excluded.size,
   last_event_id = excluded.last_event_id, trigger_id = excluded.trigger_id,
   count = case when excluded.mode = 'batch' then known.count + excluded.count else 1 end,
   bytes = case when excluded.mode = 'batch' then known.bytes + excluded.bytes else excluded.bytes end,
   due_at = case when excluded.mode = 'debounce' then
       least(now() + excluded.seconds * interval '1 second', known.first_at + excluded.maximum_seconds * interval '1 second')
     when known.count + excluded.count >= excluded.size or known.bytes + excluded.bytes >= $14 then now()
     else known.due_at end
 returning id, concat(workflow_id, ' ', meaning, ' ', key) as name`;

/**
 * Adds events to those that wait with them: one statement for all. Of a debounce only the last event is kept; the count of a batch is
 * bounded by its size.
 */
export async function gather(transaction: Queryable, events: readonly GatheredEvent[]): Promise<void> {
  if (events.length === 0) return;
  const groups = [...Map.groupBy(events, gatheringOf)].map(([name, members]) => {
    const last = members.at(-1) as GatheredEvent;
    const isBatch = last.mode === 'batch';
    const bytes = isBatch ? members.reduce((sum, event) => sum + event.bytes, 0) : last.bytes;
    return { name, id: newId(), last, isBatch, count: isBatch ? members.length : 1, bytes };
  });
  const column = <Value>(pick: (group: (typeof groups)[number]) => Value) => groups.map(pick);
  const { rows } = await transaction.query<{ id: string; name: string }>(GATHER, [
    column(({ id }) => id),
    column(({ last }) => last.tenantId),
    column(({ last }) => last.workflowId),
    column(({ last }) => meaningOf(last)),
    column(({ last }) => last.key),
    column(({ last }) => last.mode),
    column(({ last }) => last.seconds),
    column(({ last }) => last.maximumSeconds),
    column(({ last }) => last.size),
    column(({ last, isBatch }) => (isBatch ? null : last.eventId)),
    column(({ last }) => last.triggerId),
    column(({ count }) => count),
    column(({ bytes }) => bytes),
    MAXIMUM_BATCH_BYTES,
  ]);
  const ids = new Map(rows.map(({ id, name }) => [name, id]));
  const batched = events.filter(({ mode }) => mode === 'batch');
  if (batched.length === 0) return;
  await transaction.query(
    `insert into gathered_events (gathering_id, event_id, trigger_id, tenant_id, bytes)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[]) on conflict do nothing`,
    [
      batched.map((event) => ids.get(gatheringOf(event))),
      batched.map(({ eventId }) => eventId),
      batched.map(({ triggerId }) => triggerId),
      batched.map(({ tenantId }) => tenantId),
      batched.map(({ bytes }) => bytes),
    ],
  );
}

function gatheringOf(event: GatheredEvent): string {
  return `${event.workflowId} ${meaningOf(event)} ${event.key}`;
}

/** What was gathered one way is not released the other way. */
function meaningOf({ mode, meaning }: GatheredEvent): string {
  return `${mode} ${meaning}`;
}

/**
 * Takes idempotency keys for events that are about to join a batch; their execution is known when the batch starts.
 * @returns by place in `events`, for those whose key was taken before: the execution that has it, null as long as it is not known
 */
export async function claimForBatch(
  transaction: Queryable,
  events: readonly GatheredEvent[],
): Promise<ReadonlyMap<GatheredEvent, string | null>> {
  const keyed = events.filter(({ mode, idempotencyKey }) => mode === 'batch' && idempotencyKey !== undefined);
  if (keyed.length === 0) return new Map();
  const columns = [
    keyed.map(({ tenantId }) => tenantId),
    keyed.map(({ workflowId }) => workflowId),
    keyed.map(({ idempotencyKey }) => idempotencyKey),
    keyed.map(({ eventId }) => eventId),
  ];
  const input =
    'unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) with ordinality as wanted(tenant_id, workflow_id, key, event_id, place)';
  await transaction.query(
    `insert into execution_keys (tenant_id, workflow_id, key, execution_id, is_gathered)
     select distinct on (tenant_id, workflow_id, key) tenant_id, workflow_id, key, event_id, true from ${input}
     order by tenant_id, workflow_id, key, place on conflict do nothing`,
    columns,
  );
  const { rows } = await transaction.query<{ place: number; holder: string; is_gathered: boolean }>(
    `select place::int, keys.execution_id as holder, is_gathered
     from ${input} join execution_keys keys using (tenant_id, workflow_id, key)`,
    columns,
  );
  return new Map(
    rows.flatMap(({ place, holder, is_gathered }) => {
      const event = keyed[place - 1] as GatheredEvent;
      return is_gathered && holder === event.eventId ? [] : [[event, is_gathered ? null : holder] as const];
    }),
  );
}
