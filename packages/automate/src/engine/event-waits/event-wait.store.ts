import { type Queryable, sqlIn, storedSize } from '../../db/index.ts';
import { lockJobs } from '../../jobs/index.ts';
import type { Json, JsonObject } from '../../kernel/index.ts';
import {
  type EventWait,
  type EventWaitKey,
  eventSignal,
  type NewEventWait,
  type Shape,
  shapeText,
  toShape,
} from '../events/event-wait.ts';
import { openExecutions } from '../records/status.ts';

/** Most ways to wait of one tenant that an event is tried by. */
const MAXIMUM_SHAPES = 500;

/** Stores who waits, in the caller's transaction. */
export async function insertEventWaits(transaction: Queryable, waits: readonly NewEventWait[]): Promise<void> {
  if (waits.length === 0) return;
  const rows = waits.map((wait) => ({
    execution_id: wait.executionId,
    step: wait.step,
    place: wait.place,
    tenant_id: wait.tenantId,
    shape: shapeText(wait),
    hash: wait.match.hash,
    rule: wait.match.rule,
    values: wait.match.values,
  }));
  await transaction.query(
    `insert into automate.event_waits (execution_id, step, place, tenant_id, shape, hash, rule, "values")
     select execution_id, step, place, tenant_id, shape, hash, rule, "values"
     from jsonb_to_recordset($1::jsonb) as row(execution_id uuid, step text, place smallint, tenant_id uuid, shape text, hash text,
       rule jsonb, "values" jsonb)
     on conflict do nothing`,
    [JSON.stringify(rows)],
    'event_waits_insert',
  );
}

/** In which ways the tenants' executions wait; each costs one probe of an index. */
export async function shapesOf(db: Queryable, tenantIds: readonly string[]): Promise<Map<string, Shape[]>> {
  const { rows } = await db.query<{ tenant_id: string; shape: string }>(
    `select tenant.id as tenant_id, found.shape from unnest($1::uuid[]) as tenant(id)
     cross join lateral (
       with recursive walk(shape) as (
         (select shape from automate.event_waits where tenant_id = tenant.id order by shape limit 1)
         union all
         select (select next.shape from automate.event_waits next where next.tenant_id = tenant.id and next.shape > walk.shape
                 order by next.shape limit 1)
         from walk where walk.shape is not null
       )
       select shape from walk where shape is not null limit ${MAXIMUM_SHAPES}
     ) as found`,
    [tenantIds],
    'event_wait_shapes',
  );
  const shapes = new Map<string, Shape[]>();
  for (const { tenant_id, shape } of rows) shapes.set(tenant_id, [...(shapes.get(tenant_id) ?? []), toShape(shape)]);
  return shapes;
}

/** An event, and what those have who may wait for it. */
export interface Lookup {
  readonly eventId: string;
  readonly tenantId: string;
  readonly shape: string;
  readonly hash: string;
}

/** The events that somebody may wait for. */
export async function findAwaited(db: Queryable, lookups: readonly Lookup[]): Promise<Set<string>> {
  if (lookups.length === 0) return new Set();
  const { rows } = await db.query<{ event_id: string }>(
    `select distinct event_id from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as look(event_id, tenant_id, shape, hash)
     where exists (select from automate.event_waits wait
       where wait.tenant_id = look.tenant_id and wait.shape = look.shape and wait.hash = look.hash)`,
    [
      lookups.map(({ eventId }) => eventId),
      lookups.map(({ tenantId }) => tenantId),
      lookups.map(({ shape }) => shape),
      lookups.map(({ hash }) => hash),
    ],
    'events_awaited',
  );
  return new Set(rows.map(({ event_id }) => event_id));
}

interface WaitRow {
  execution_id: string;
  step: string;
  place: number;
  tenant_id: string;
  rule: Json;
  values: JsonObject;
}

const COLUMNS = 'execution_id, step, place, tenant_id, rule, "values"';

/** Those who may wait for an event by one shape, in order, behind the last of the page before. */
export async function waitPage(
  db: Queryable,
  page: { tenantId: string; shape: string; hash: string; after: EventWaitKey | undefined; limit: number },
): Promise<EventWait[]> {
  const { after } = page;
  const { rows } = await db.query<WaitRow>(
    `select ${COLUMNS} from event_waits
     where tenant_id = $1 and shape = $2 and hash = $3 and ($4::uuid is null or (execution_id, step, place) > ($4, $5, $6::smallint))
     order by execution_id, step, place limit $7`,
    [page.tenantId, page.shape, page.hash, after?.executionId ?? null, after?.step ?? null, after?.place ?? null, page.limit],
    'event_waits_page',
  );
  return rows.map(toWait);
}

/** What a step waits for, or cancels an execution, with the shape and hash by which it is found; none when nobody waits any more. */
export async function findWaits(
  db: Queryable,
  { executionId, step }: Pick<EventWaitKey, 'executionId' | 'step'>,
): Promise<(EventWait & { shape: Shape; hash: string })[]> {
  const { rows } = await db.query<WaitRow & { shape: string; hash: string }>(
    `select ${COLUMNS}, shape, hash from event_waits where execution_id = $1 and step = $2`,
    [executionId, step],
  );
  return rows.map((row) => ({ ...toWait(row), shape: toShape(row.shape), hash: row.hash }));
}

function toWait(row: WaitRow): EventWait {
  return {
    executionId: row.execution_id,
    step: row.step,
    place: row.place,
    tenantId: row.tenant_id,
    rule: row.rule,
    values: row.values,
  };
}

/**
 * Takes those who wait for an event out of the list, each at most once; returns the ones that were still there. Executions that
 * have ended are left out, and those that were started by this event or a later one. The jobs are locked first, as by everybody.
 */
export async function takeWaits(transaction: Queryable, eventId: string, keys: readonly EventWaitKey[]): Promise<EventWaitKey[]> {
  const ids = [...new Set(keys.map(({ executionId }) => executionId))];
  await lockJobs(transaction, ids);
  const { rows } = await transaction.query<{ execution_id: string; step: string; place: number }>(
    `with taken as (
       delete from event_waits using executions
       where (execution_id, step, place) in (select * from unnest($1::uuid[], $2::text[], $3::smallint[]))
         and execution_id = any($4) and executions.id = execution_id and executions.id = any($4) and event_id < $5
       returning execution_id, step, place, status)
     select execution_id, step, place from taken where status ${sqlIn(openExecutions)}`,
    [keys.map(({ executionId }) => executionId), keys.map(({ step }) => step), keys.map(({ place }) => place), ids, eventId],
  );
  return rows.map((row) => ({ executionId: row.execution_id, step: row.step, place: row.place }));
}

/** Nobody waits at these steps any more. */
export async function deleteStepWaits(
  transaction: Queryable,
  steps: readonly Pick<EventWaitKey, 'executionId' | 'step'>[],
): Promise<void> {
  if (steps.length === 0) return;
  await transaction.query(
    `delete from event_waits where (execution_id, step) in (select * from unnest($1::uuid[], $2::text[])) and execution_id = any($1)`,
    [steps.map(({ executionId }) => executionId), steps.map(({ step }) => step)],
  );
}

/** These executions have ended. */
export async function deleteWaitsOf(transaction: Queryable, executionIds: readonly string[]): Promise<void> {
  if (executionIds.length === 0) return;
  await transaction.query('delete from event_waits where execution_id = any($1)', [executionIds]);
}

/** Events of a tenant that came behind one, in the order they came, and how large each is. */
export async function eventsBehind(
  db: Queryable,
  page: { tenantId: string; eventType: string; after: string; limit: number },
): Promise<{ id: string; bytes: number }[]> {
  const isPrefix = page.eventType === '*' || page.eventType.endsWith('.*');
  const { rows } = await db.query<{ id: string; bytes: number }>(
    `select id, ${storedSize('payload')} as bytes from events
     where tenant_id = $1 and id > $2 and not is_internal and case when $3 then starts_with(event_type, $4) else event_type = $4 end
     order by id limit $5`,
    [page.tenantId, page.after, isPrefix, isPrefix ? page.eventType.slice(0, -1) : page.eventType, page.limit],
  );
  return rows;
}

/** Where the events begin that came since an execution started; those that came before a replay are those of the original. */
export async function startEventOf(db: Queryable, executionId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    'select case when replay_of is null then event_id else id end as id from executions where id = $1',
    [executionId],
  );
  return rows[0]?.id;
}

/** Ids of the events that a node of an execution was handed already, in whatever iteration. */
export async function eventsHandedTo(db: Queryable, executionId: string, nodePath: string): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `select data ->> 'id' as id from signals where execution_id = $1 and starts_with(name, $2)`,
    [executionId, eventSignal(`${nodePath}:`)],
  );
  return new Set(rows.map(({ id }) => id));
}
