import type { Queryable } from '../../db/index.ts';
import { firstIdOf } from '../../kernel/index.ts';

/** Columns that a summary may be narrowed by: each must equal what is given. */
const EQUAL = {
  status: 'text',
  endpoint: 'text',
  endpoint_id: 'uuid',
  provider: 'text',
  model: 'text',
  task: 'text',
  caller: 'text',
  api_key_id: 'uuid',
  execution_id: 'uuid',
  trace_id: 'text',
  prompt_id: 'uuid',
  error_code: 'text',
} as const;
const equal = Object.entries(EQUAL);

export type CallNarrowing = { readonly [Name in keyof typeof EQUAL]?: string | undefined };

export interface CallFigures {
  readonly calls: number;
  readonly failed: number;
  readonly blocked: number;
  readonly cancelled: number;
  /** Of those whose price is known, in nano-dollars. */
  readonly costNanos: number;
  /** Those that were answered, and whose price is not known. */
  readonly unpriced: number;
  readonly tokens: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** Calls in one figure each. @param most of the newest calls that are looked at: whoever looks holds up nobody */
export async function figuresOf(
  transaction: Queryable,
  { narrowing, from, until, most }: { narrowing: CallNarrowing; from: number; until: number; most: number },
): Promise<CallFigures> {
  const conditions = equal.map(([name, type], index) => `($${index + 4}::text is null or ${name} = $${index + 4}::${type})`);
  const { rows } = await transaction.query<Record<string, string | number | null>>(
    `select count(*) as calls, count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'blocked') as blocked,
       count(*) filter (where status = 'cancelled') as cancelled, coalesce(sum(cost_nanos), 0) as cost_nanos,
       count(*) filter (where cost_nanos is null and status = 'succeeded') as unpriced, coalesce(sum(tokens), 0) as tokens,
       percentile_cont(0.5) within group (order by latency_ms) as p50, percentile_cont(0.95) within group (order by latency_ms) as p95
     from (select status, cost_nanos, latency_ms,
         input_tokens + cache_read_tokens + cache_write_tokens + output_tokens + reasoning_tokens as tokens
       from gateway.calls where id >= $1::uuid and id < $2::uuid and ${conditions.join(' and ')} order by id desc limit $3::int) newest`,
    [firstIdOf(from), firstIdOf(until), most, ...equal.map(([name]) => narrowing[name as keyof CallNarrowing] ?? null)],
  );
  const { p50, p95, ...counts } = rows[0] ?? {};
  const number = (name: string) => Number(counts[name] ?? 0);
  const rounded = (value: string | number | null | undefined) =>
    value === null || value === undefined ? null : Math.round(Number(value));
  return {
    calls: number('calls'),
    failed: number('failed'),
    blocked: number('blocked'),
    cancelled: number('cancelled'),
    costNanos: number('cost_nanos'),
    unpriced: number('unpriced'),
    tokens: number('tokens'),
    p50Ms: rounded(p50),
    p95Ms: rounded(p95),
  };
}
