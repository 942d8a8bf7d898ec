import type { Queryable } from '../../db/index.ts';

export interface StandingRow {
  readonly metric: 'requests' | 'tokens' | 'usd';
  readonly units: number;
  readonly starts_at: string;
  readonly ends_at: string | null;
  /** Of the period, 0 to 1; null for one without an end. */
  readonly elapsed: number | null;
  readonly spent: number;
  readonly held: number;
}

/** How a budget of a tenant stands in the running period. Read as the system: what processes hold is nobody's. */
export async function findStanding(db: Queryable, tenantId: string, id: string): Promise<StandingRow | undefined> {
  const { rows } = await db.query<StandingRow>(
    `select budget.metric, budget.units, running.starts_at, running.ends_at,
       extract(epoch from now() - running.starts_at)::float8 / extract(epoch from running.ends_at - running.starts_at)::float8 as elapsed,
       coalesce(period.spent, 0) as spent, (select held from gateway.held_by_others(budget.id, running.starts_at, '')) as held
     from gateway.budgets budget
     cross join lateral (select gateway.period_start(budget.period, budget.time_zone, now())::timestamptz(3) as starts_at) as begun
     cross join lateral (
       select begun.starts_at, gateway.period_end(budget.period, budget.time_zone, begun.starts_at)::timestamptz(3) as ends_at
     ) as running
     left join gateway.budget_periods period on period.budget_id = budget.id and period.starts_at = running.starts_at
     where budget.tenant_id = $1 and budget.id = $2`,
    [tenantId, id],
  );
  return rows[0];
}

/** What was used on each day of the running period, by the log of calls. */
export async function findDays(db: Queryable, tenantId: string, id: string): Promise<readonly { day: string; used: number }[]> {
  const { rows } = await db.query<{ day: string; used: number }>(
    `select to_char(call.created_at at time zone budget.time_zone, 'YYYY-MM-DD') as day, sum(case budget.metric
       when 'requests' then 1 when 'usd' then coalesce(call.cost_nanos, 0)
       else call.input_tokens + call.cache_read_tokens + call.cache_write_tokens + call.output_tokens + call.reasoning_tokens
     end)::bigint as used
     from gateway.budgets budget
     cross join lateral (
       select greatest(gateway.period_start(budget.period, budget.time_zone, now()), now() - interval '31 days') as starts_at
     ) as since
     join gateway.calls call on call.tenant_id = budget.tenant_id and call.created_at >= since.starts_at
       -- Ids begin with their time: the index need not be read from the beginning.
       and call.id >= (lpad(to_hex((extract(epoch from since.starts_at - interval '1 minute') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
       and (budget.scope = 'tenant' or budget.subject_id = case budget.scope when 'endpoint' then call.endpoint_id else call.api_key_id end)
     where budget.tenant_id = $1 and budget.id = $2
     group by 1 order by 1`,
    [tenantId, id],
  );
  return rows;
}
