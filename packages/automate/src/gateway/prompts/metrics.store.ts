import type { Queryable } from '../../db/index.ts';

/** Figures of calls that have something in common. */
export interface CallFigures {
  /** Day in UTC, or version. */
  readonly of: string;
  readonly calls: number;
  readonly succeeded: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly latency_ms: number | null;
  readonly cost_nanos: string | null;
  readonly unpriced: number;
}

export interface FailedCall {
  readonly call_id: string;
  readonly created_at: string;
  readonly version: number | null;
  readonly model: string;
  readonly error_code: string | null;
  readonly error: string | null;
  readonly latency_ms: number;
  readonly trace_id: string;
}

const FIGURES = `count(*)::int as calls, count(*) filter (where status = 'succeeded')::int as succeeded,
  sum(input_tokens + cache_read_tokens + cache_write_tokens)::float8 as input_tokens,
  sum(output_tokens + reasoning_tokens)::float8 as output_tokens,
  round(avg(latency_ms))::int as latency_ms, sum(cost_nanos)::numeric(40, 0)::text as cost_nanos,
  count(*) filter (where cost_nanos is null)::int as unpriced`;

/** Since midnight, in UTC, so many days ago. */
const SINCE = `tenant_id = $1 and prompt_id = $2
  and created_at >= (date_trunc('day', now() at time zone 'UTC') - ($3::int - 1) * interval '1 day') at time zone 'UTC'`;

const OF_VERSION = 'and ($4::int is null or prompt_version = $4)';

interface Of {
  readonly tenantId: string;
  readonly promptId: string;
  readonly days: number;
  /** Default: all. */
  readonly version?: number | undefined;
}

/** Those days that had calls, the earliest first. */
export async function figuresByDay(transaction: Queryable, { tenantId, promptId, days, version }: Of): Promise<CallFigures[]> {
  const { rows } = await transaction.query<CallFigures>(
    `select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as of, ${FIGURES} from gateway.calls where ${SINCE} ${OF_VERSION} group by 1 order by 1`,
    [tenantId, promptId, days, version ?? null],
  );
  return rows;
}

/** The newest version first. */
export async function figuresByVersion(transaction: Queryable, { tenantId, promptId, days }: Of): Promise<CallFigures[]> {
  const { rows } = await transaction.query<CallFigures>(
    `select prompt_version::text as of, ${FIGURES} from gateway.calls where ${SINCE} and prompt_version is not null
     group by prompt_version order by prompt_version desc limit 100`,
    [tenantId, promptId, days],
  );
  return rows;
}

/** The latest first. */
export async function recentFailures(transaction: Queryable, { tenantId, promptId, days, version }: Of): Promise<FailedCall[]> {
  const { rows } = await transaction.query<FailedCall>(
    `select id as call_id, created_at, prompt_version as version, model, error_code, error_detail as error, latency_ms, trace_id
     from gateway.calls where ${SINCE} ${OF_VERSION} and status <> 'succeeded' order by created_at desc, id desc limit 20`,
    [tenantId, promptId, days, version ?? null],
  );
  return rows;
}
