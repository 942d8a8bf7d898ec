import type { Queryable } from '../../db/index.ts';
import { isRunningJob } from '../../jobs/index.ts';
import type { NewEvent } from './event.ts';

/** Executions of one trace that are looked at; a loop is stopped long before there are so many. */
const MAXIMUM_EXECUTIONS = 1_000;

/**
 * Finds out how many executions stand between each event and the outside: one more than before the event that started the execution
 * which sent it. That execution is the one named, if the tenant has it; else the one that runs at this moment under the same trace id
 * and stands farthest from the outside.
 */
export async function withHops<Event extends NewEvent>(db: Queryable, events: readonly Event[]): Promise<readonly Event[]> {
  const asked = events.filter(({ cause }) => cause);
  if (asked.length === 0) return events;
  const wanted = [...new Map(asked.map((event) => [keyOf(event), event])).values()];
  const { rows } = await db.query<{ place: number; hops: number }>(
    `select place::int, hops from unnest($1::uuid[], $2::text[], $3::uuid[]) with ordinality as wanted(tenant_id, trace_id, execution_id, place)
     cross join lateral (
       select max(events.hops) + 1 as hops from events where events.id = any(array(
         select event_id from executions where executions.id = wanted.execution_id and executions.tenant_id = wanted.tenant_id
         union all
         select event_id from (
           select id, event_id from executions
           where not exists (select from executions named where named.id = wanted.execution_id and named.tenant_id = wanted.tenant_id)
             and executions.trace_id = wanted.trace_id and executions.tenant_id = wanted.tenant_id
           limit ${MAXIMUM_EXECUTIONS}) as traced
         where ${isRunningJob('traced.id')}))
     ) as found where hops is not null`,
    [
      wanted.map(({ tenantId }) => tenantId),
      wanted.map(({ traceId }) => traceId),
      wanted.map(({ cause }) => cause?.executionId ?? null),
    ],
    'events_hops',
  );
  const known = new Map(rows.map(({ place, hops }) => [keyOf(wanted[place - 1] as Event), hops]));
  return events.map((event) => {
    const hops = event.cause && known.get(keyOf(event));
    return hops === undefined ? event : { ...event, hops: Math.max(hops, event.hops ?? 0) };
  });
}

function keyOf({ tenantId, traceId, cause }: NewEvent): string {
  return `${tenantId} ${cause?.executionId ?? ''} ${traceId}`;
}
