import type { Queryable } from '../../db/index.ts';
import type { Slot } from '../job.ts';

/** One that was made in this very transaction is due: its time was rounded to a millisecond, and maybe up. */
const GOES_ON = `state = case when run_at > now() + interval '1 millisecond' then 'scheduled' else 'queued' end`;

/** Makes slots known. In one order, so that nobody deadlocks. */
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

/** Says what jobs that were just stored ask of their slots, and since when they are there. */
export async function lineUp(transaction: Queryable, members: readonly (Slot & { readonly jobId: string })[]): Promise<void> {
  await transaction.query(
    `update automate.job_slots set capacity = member.capacity, since = coalesce(member.since, job_slots.since)
     from unnest($1::text[], $2::uuid[], $3::int[], $4::uuid[]) as member(slot, job_id, capacity, since)
     where job_slots.slot = member.slot and job_slots.job_id = member.job_id`,
    [
      members.map(({ name }) => name),
      members.map(({ jobId }) => jobId),
      members.map(({ capacity }) => capacity),
      members.map(({ since }) => since ?? null),
    ],
  );
}

/** What of a slot is left: the smallest capacity of those that share it, less those that are in. */
const FREE = `coalesce((select capacity from automate.job_slots where slot = slots.name order by capacity limit 1), slots.capacity)
  - (select count(*) from automate.job_slots where slot = slots.name and not is_blocked)`;

/**
 * Lets as many blocked jobs go as there is room for, the most urgent and then the oldest first. How many are in is counted
 * under the lock of the slot and stored nowhere, so nothing can drift, whatever dies.
 */
export async function fillSlots(transaction: Queryable, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await lockSlots(transaction, names);
  await transaction.query(
    `update automate.jobs set ${GOES_ON}
     where state = 'blocked' and id = any(array(
       select next.job_id from automate.slots
       cross join lateral (
         select job_id from automate.job_slots where slot = slots.name and is_blocked order by rank, since, job_id
         limit greatest(${FREE}, 0)
       ) as next
       where name = any($1)))`,
    [names],
  );
}

/** Held until the transaction ends: nobody comes in or goes out meanwhile. */
export async function lockSlots(transaction: Queryable, names: readonly string[]): Promise<void> {
  await transaction.query(`select 1 from automate.slots where name = any($1) order by name for update`, [names]);
}

/** How many share each of these slots, those that wait included, and how many may be in. Where nobody does, it is not among them. */
export async function usageOf(
  transaction: Queryable,
  names: readonly string[],
): Promise<Map<string, { readonly members: number; readonly capacity: number }>> {
  const { rows } = await transaction.query<{ slot: string; members: number; capacity: number }>(
    `select slot, count(*) as members, coalesce(min(job_slots.capacity), min(slots.capacity)) as capacity
     from automate.job_slots join automate.slots on name = slot where slot = any($1) group by slot`,
    [names],
  );
  return new Map(rows.map(({ slot, members, capacity }) => [slot, { members: Number(members), capacity: Number(capacity) }]));
}

/** The jobs that share a slot, those that wait included, the oldest first; and how many may be in. */
export async function membersOf(db: Queryable, slot: string): Promise<{ readonly jobIds: string[]; readonly capacity: number }> {
  const { rows } = await db.query<{ job_id: string; capacity: number }>(
    `select job_id, coalesce(min(job_slots.capacity) over (), slots.capacity) as capacity
     from automate.job_slots join automate.slots on name = slot where slot = $1 order by since, job_id`,
    [slot],
  );
  return { jobIds: rows.map((row) => row.job_id), capacity: rows[0]?.capacity ?? 0 };
}

/** The jobs that are in, by slot. */
export async function holdersOf(db: Queryable, slots: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query<{ slot: string; id: string }>(
    'select slot, job_id as id from automate.job_slots where slot = any($1) and not is_blocked',
    [slots],
  );
  const holders = Map.groupBy(rows, ({ slot }) => slot);
  return new Map(slots.map((slot) => [slot, (holders.get(slot) ?? []).map(({ id }) => id)]));
}

/** Those of these jobs that wait for a slot, each with its name. */
export async function blockedJobs(db: Queryable, jobIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; slot: string }>(
    `select id, slot from automate.jobs where id = any($1) and state = 'blocked'`,
    [jobIds],
  );
  return new Map(rows.map(({ id, slot }) => [id, slot]));
}

/**
 * Gives jobs another capacity to ask of their slots, or takes them out of the count: with none, those that wait go at once. Whoever
 * there is room for now is let in.
 */
export async function changeCapacity(
  transaction: Queryable,
  members: readonly { readonly slot: string; readonly jobId: string }[],
  capacity: number | undefined,
): Promise<void> {
  if (members.length === 0) return;
  const names = [...new Set(members.map(({ slot }) => slot))];
  const jobIds = members.map(({ jobId }) => jobId);
  await lockSlots(transaction, names);
  await transaction.query('update automate.job_slots set capacity = $3 where slot = any($1) and job_id = any($2)', [
    names,
    jobIds,
    capacity ?? UNLIMITED,
  ]);
  if (capacity === undefined)
    await transaction.query(
      `update automate.jobs set ${GOES_ON}
       where id = any($1) and state = 'blocked'`,
      [jobIds],
    );
  await fillSlots(transaction, names);
}

/** What those ask of a slot that has no limit any more. */
const UNLIMITED = 2_147_483_647;
