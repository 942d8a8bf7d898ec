import type { Queryable } from '../../db/index.ts';

/** Moves the next starts of rate limits on; returns for each, in order, when the first of its starts is due by itself. */
export async function lockRates(
  transaction: Queryable,
  rates: readonly { readonly name: string; readonly tenantId: string }[],
): Promise<Map<string, { nextAt: number; now: number }>> {
  const names = [...new Map(rates.map((rate) => [rate.name, rate.tenantId]))];
  await transaction.query(
    `insert into automate.start_rates (name, tenant_id, next_at)
     select name, tenant_id, now() from unnest($1::text[], $2::uuid[]) as rate(name, tenant_id) order by name on conflict do nothing`,
    [names.map(([name]) => name), names.map(([, tenantId]) => tenantId)],
  );
  const { rows } = await transaction.query<{ name: string; next_ms: number; now_ms: number }>(
    `select name, (extract(epoch from next_at) * 1000)::float8 as next_ms, (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
     from automate.start_rates where name = any($1) order by name for update`,
    [names.map(([name]) => name)],
  );
  return new Map(rows.map((row) => [row.name, { nextAt: row.next_ms, now: row.now_ms }]));
}

export async function storeRates(transaction: Queryable, rates: ReadonlyMap<string, { nextAt: number }>): Promise<void> {
  await transaction.query(
    `update automate.start_rates set next_at = to_timestamp(rate.next_ms / 1000)
     from unnest($1::text[], $2::float8[]) as rate(rate_name, next_ms) where name = rate_name`,
    [[...rates.keys()], [...rates.values()].map(({ nextAt }) => nextAt)],
  );
}

export interface KeyedExecution {
  readonly tenantId: string;
  readonly workflowId: string;
  readonly key: string;
  readonly executionId: string;
}

/** Takes keys for executions; returns by execution the one that has its key, which is another when the key was taken before. */
export async function claimKeys(transaction: Queryable, wanted: readonly KeyedExecution[]): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map();
  const columns = [
    wanted.map(({ tenantId }) => tenantId),
    wanted.map(({ workflowId }) => workflowId),
    wanted.map(({ key }) => key),
    wanted.map(({ executionId }) => executionId),
  ];
  const input =
    'unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) with ordinality as wanted(tenant_id, workflow_id, key, execution_id, place)';
  await transaction.query(
    `insert into automate.execution_keys (tenant_id, workflow_id, key, execution_id)
     select distinct on (tenant_id, workflow_id, key) tenant_id, workflow_id, key, execution_id from ${input}
     order by tenant_id, workflow_id, key, place on conflict do nothing`,
    columns,
  );
  const { rows } = await transaction.query<{ wanted: string; holder: string }>(
    `select wanted.execution_id as wanted, keys.execution_id as holder
     from ${input} join automate.execution_keys keys using (tenant_id, workflow_id, key) where keys.kind = 'event'`,
    columns,
  );
  return new Map(rows.map(({ wanted, holder }) => [wanted, holder]));
}

/** Gives back the keys of executions that are not started after all. */
export async function releaseKeys(
  transaction: Queryable,
  unstarted: readonly { readonly execution: { readonly id: string } }[],
): Promise<void> {
  if (unstarted.length === 0) return;
  await transaction.query('delete from automate.execution_keys where execution_id = any($1)', [
    unstarted.map(({ execution }) => execution.id),
  ]);
}

export interface GatheredEvent {
  readonly triggerId: string;
  readonly key: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly mode: 'debounce' | 'batch';
  readonly eventId: string;
  readonly seconds: number;
  /** Debounce: since the first event. */
  readonly maximumSeconds: number | null;
  /** Batch: due at once with so many. */
  readonly size: number | null;
}

/** Adds an event to those that wait with it. */
export async function gather(transaction: Queryable, events: readonly GatheredEvent[]): Promise<void> {
  for (const event of events) {
    await transaction.query(
      `insert into gatherings as known (trigger_id, key, tenant_id, workflow_id, mode, event_ids, due_at)
       values ($1, $2, $3, $4, $5, array[$6::uuid], now() + $7 * interval '1 second')
       on conflict (trigger_id, key) do update set
         mode = excluded.mode, workflow_id = excluded.workflow_id, event_ids = known.event_ids || excluded.event_ids,
         due_at = case when excluded.mode = 'debounce' then
             least(excluded.due_at, known.first_at + $8 * interval '1 second')
           when cardinality(known.event_ids) + 1 >= $9 then now() else known.due_at end`,
      [
        event.triggerId,
        event.key,
        event.tenantId,
        event.workflowId,
        event.mode,
        event.eventId,
        event.seconds,
        event.maximumSeconds,
        event.size,
      ],
    );
  }
}

export interface DueGathering {
  readonly trigger_id: string;
  readonly key: string;
  readonly tenant_id: string;
  readonly workflow_id: string;
  readonly mode: 'debounce' | 'batch';
  readonly event_ids: readonly string[];
}

/** Takes the gatherings whose time has come; they are gone when the transaction commits. */
export async function takeDue(transaction: Queryable, limit: number): Promise<DueGathering[]> {
  const { rows } = await transaction.query<DueGathering>(
    `delete from gatherings where (trigger_id, key) in (
       select trigger_id, key from gatherings where due_at <= now() order by due_at limit $1 for update skip locked)
     returning trigger_id, key, tenant_id, workflow_id, mode, event_ids`,
    [limit],
  );
  return rows;
}

/** In how many milliseconds the next gathering is due, or null. */
export async function nextDueMs(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select (extract(epoch from min(due_at) - now()) * 1000)::float8 as ms from gatherings`,
  );
  return rows[0]?.ms ?? null;
}
