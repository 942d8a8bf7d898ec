import type { Queryable } from '../db/index.ts';
import type { Slot } from './job.ts';

/** Makes slots known, or gives them another capacity. In one order, so that nobody deadlocks. */
export async function declareSlots(
  transaction: Queryable,
  slots: readonly (Slot & { readonly tenantId: string })[],
): Promise<void> {
  const distinct = [...new Map(slots.map((slot) => [slot.name, slot])).values()];
  await transaction.query(
    `insert into automate.slots (name, tenant_id, capacity)
     select * from unnest($1::text[], $2::uuid[], $3::int[]) as slot(name, tenant_id, capacity) order by name
     on conflict (name) do update set capacity = excluded.capacity where slots.capacity <> excluded.capacity`,
    [distinct.map(({ name }) => name), distinct.map(({ tenantId }) => tenantId), distinct.map(({ capacity }) => capacity)],
  );
}

/**
 * Lets as many blocked jobs go as there is room for, the most urgent and then the oldest first. How many are in is counted
 * under the lock of the slot and stored nowhere, so nothing can drift, whatever dies.
 */
export async function fillSlots(transaction: Queryable, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await transaction.query(`select 1 from automate.slots where name = any($1) order by name for update`, [names]);
  await transaction.query(
    `update automate.jobs set state = case when run_at > now() then 'scheduled' else 'queued' end
     where state = 'blocked' and id = any(array(
       select next.job_id from automate.slots
       cross join lateral (
         select job_id from automate.job_slots where slot = slots.name and is_blocked order by rank, job_id
         limit greatest(capacity - (select count(*) from automate.job_slots where slot = slots.name and not is_blocked), 0)
       ) as next
       where name = any($1)))`,
    [names],
  );
}
