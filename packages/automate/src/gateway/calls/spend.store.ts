import type { Queryable } from '../../db/index.ts';
import type { SpendBy } from './spend-schemas.ts';

/** One step of a group. Sums as text, since they may be large. */
export interface SpendRow {
  /** 1 is what costs most; the one beyond the limit stands for all others. */
  readonly place: number;
  readonly key: string | null;
  /** How many groups there are in all. */
  readonly groups: number;
  readonly at: string;
  readonly calls: number;
  readonly unpriced: number;
  readonly tokens: string;
  readonly cost_nanos: string;
}

const KEYS: Record<SpendBy, string> = {
  endpoint: 'endpoint',
  provider: 'provider',
  model: 'provider_model',
  api_key: 'api_key_id::text',
  prompt: 'prompt_id::text',
};
const TOKENS = 'input_tokens + cache_read_tokens + cache_write_tokens + output_tokens + reasoning_tokens';
/** Cancelled ones that had begun used something as well. */
const IS_UNPRICED = `cost_nanos is null and (status = 'succeeded' or ${TOKENS} > 0)`;

export interface SpendOf {
  readonly since: string;
  readonly until: string;
  readonly by: SpendBy;
  readonly step: 'hour' | 'day';
  readonly limit: number;
}

/** What calls cost, by group and step; of groups no more than `limit`, and one for all others. It reads the index `calls_spend` alone. */
export async function findSpend(
  transaction: Queryable,
  tenantId: string,
  { since, until, by, step, limit }: SpendOf,
): Promise<readonly SpendRow[]> {
  const { rows } = await transaction.query<SpendRow>(
    `with steps as materialized (
       select ${KEYS[by]} as key, date_trunc('${step}', created_at at time zone 'UTC') as at, count(*) as calls,
         count(*) filter (where ${IS_UNPRICED}) as unpriced, sum(${TOKENS}) as tokens, coalesce(sum(cost_nanos), 0) as cost
       from gateway.calls where tenant_id = $1 and created_at >= $2 and created_at < $3 group by 1, 2
     ), ranked as (
       select key, least(row_number() over (order by sum(cost) desc, sum(calls) desc, key), $4::int + 1)::int as place from steps group by key
     )
     select place, case when place > $4::int then null else min(steps.key) end as key, (select count(*)::int from ranked) as groups,
       (at at time zone 'UTC')::timestamptz(3) as at, sum(calls)::int as calls, sum(unpriced)::int as unpriced,
       sum(tokens)::text as tokens, sum(cost)::text as cost_nanos
     from steps join ranked on ranked.key is not distinct from steps.key group by place, at order by place, at`,
    [tenantId, since, until, limit],
  );
  return rows;
}

/** How people call what these keys stand for. */
export async function namesOf(
  transaction: Queryable,
  by: SpendBy,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const sql = NAMES[by];
  if (!sql || keys.length === 0) return new Map();
  const { rows } = await transaction.query<{ key: string; name: string }>(sql, [keys]);
  return new Map(rows.map(({ key, name }) => [key, name]));
}

const NAMES: Partial<Record<SpendBy, string>> = {
  endpoint: 'select slug as key, name from gateway.endpoints where slug = any($1)',
  provider: 'select slug as key, name from gateway.providers where slug = any($1)',
  api_key: 'select id::text as key, name from automate.api_keys where id = any($1::uuid[])',
  prompt: 'select id::text as key, name from gateway.prompts where id = any($1::uuid[])',
};

export interface UnpricedRow {
  readonly provider: string | null;
  readonly kind: string | null;
  readonly model: string;
  readonly calls: number;
  readonly tokens: string;
  readonly last_used_at: string;
}

/** Models that were used without a price, the most used first. */
export async function findUnpriced(transaction: Queryable, tenantId: string, since: string): Promise<readonly UnpricedRow[]> {
  const { rows } = await transaction.query<UnpricedRow>(
    `select used.*, provider.kind from (
       select provider, provider_model as model, count(*)::int as calls, sum(${TOKENS})::text as tokens, max(created_at) as last_used_at
       from gateway.calls where tenant_id = $1 and created_at >= $2 and provider_model is not null and ${IS_UNPRICED}
       group by 1, 2 order by 3 desc, 2 limit 200
     ) used left join gateway.providers provider on provider.tenant_id = $1 and provider.slug = used.provider
     order by used.calls desc, used.model`,
    [tenantId, since],
  );
  return rows;
}
