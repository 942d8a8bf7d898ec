import type { Queryable } from '../../db/index.ts';
import type { Variant } from './choose-variant.ts';
import type { runStatuses } from './runs/schemas.ts';

export interface SummaryRow {
  readonly id: string;
  readonly labels: { readonly name: string; readonly variants: Variant[] }[];
  readonly latest_run: {
    readonly id: string;
    readonly version: number;
    readonly status: (typeof runStatuses)[number];
    readonly total: number;
    readonly finished: number;
    readonly passed: number;
    readonly created_at: string;
  } | null;
  readonly calls: number;
  readonly cost_nanos: string | null;
  readonly unpriced: number;
}

/** @param days whose calls are counted, in UTC, today included */
export async function summariesOf(transaction: Queryable, ids: readonly string[], days: number): Promise<SummaryRow[]> {
  const { rows } = await transaction.query<SummaryRow>(
    `select p.id, labels.labels, run.latest_run, called.calls, called.cost_nanos, called.unpriced
     from gateway.prompts p
     cross join lateral (
       select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'variants', l.variants) order by l.name), '[]') as labels
       from gateway.prompt_labels l where l.prompt_id = p.id) labels
     left join lateral (
       select jsonb_build_object('id', s.id, 'version', s.version, 'status', s.status, 'total', s.total, 'finished', s.finished,
         'passed', s.passed, 'created_at', s.created_at) as latest_run
       from gateway.prompt_run_states s
       where s.id = (select r.id from gateway.prompt_runs r where r.prompt_id = p.id order by r.id desc limit 1)) run on true
     cross join lateral (
       select count(*)::int as calls, sum(c.cost_nanos)::numeric(40, 0)::text as cost_nanos,
         count(*) filter (where c.cost_nanos is null)::int as unpriced
       from gateway.calls c where c.tenant_id = p.tenant_id and c.prompt_id = p.id
         and c.created_at >= (date_trunc('day', now() at time zone 'UTC') - ($2::int - 1) * interval '1 day') at time zone 'UTC') called
     where p.id = any($1::uuid[]) order by p.id`,
    [ids, days],
  );
  return rows;
}
