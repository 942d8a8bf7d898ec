import type { Queryable } from '../../../db/index.ts';
import type { JobFailure } from '../../../jobs/index.ts';
import type { JsonObject } from '../../../kernel/index.ts';
import type { Usage } from '../../usage/usage.ts';

export interface AssertionOutcome {
  readonly type: string;
  readonly passed: boolean;
  readonly score: number | null;
  readonly reason: string;
}

/** What came of one case. */
export interface CaseResult {
  readonly position: number;
  readonly name: string;
  readonly passed: boolean;
  readonly output: string | null;
  readonly is_cut: boolean;
  readonly assertions: readonly AssertionOutcome[];
  readonly latency_ms: number | null;
  readonly cost_nanos: number | null;
  readonly usage: Usage | null;
  readonly call_id: string | null;
  readonly error: JobFailure | null;
}

export type ResultRow = Omit<CaseResult, 'cost_nanos'> & {
  readonly cost_nanos: string | number | null;
  readonly variables: JsonObject;
  readonly created_at: string;
};

/** Stored once, whoever comes second. */
export async function insertResult(
  transaction: Queryable,
  { runId, tenantId, result }: { runId: string; tenantId: string; result: CaseResult },
): Promise<void> {
  await transaction.query(
    `insert into gateway.prompt_run_results (run_id, tenant_id, position, name, passed, output, is_cut, assertions, latency_ms,
       cost_nanos, usage, call_id, error) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (run_id, position) do nothing`,
    [
      runId,
      tenantId,
      result.position,
      result.name,
      result.passed,
      result.output,
      result.is_cut,
      JSON.stringify(result.assertions),
      result.latency_ms,
      result.cost_nanos,
      result.usage && JSON.stringify(result.usage),
      result.call_id,
      result.error && JSON.stringify(result.error),
    ],
  );
}

/** Whether each case that is finished has passed, by its position. */
export async function finishedCases(transaction: Queryable, runId: string): Promise<Map<number, boolean>> {
  const { rows } = await transaction.query<{ position: number; passed: boolean }>(
    'select position, passed from gateway.prompt_run_results where run_id = $1',
    [runId],
  );
  return new Map(rows.map(({ position, passed }) => [position, passed]));
}

/** In the order of the cases, with the variables that each had. */
export async function resultsOf(transaction: Queryable, runId: string): Promise<ResultRow[]> {
  const { rows } = await transaction.query<ResultRow>(
    `select c.position, c.name, c.passed, c.output, c.is_cut, c.assertions, c.latency_ms, c.cost_nanos, c.usage, c.call_id, c.error,
       c.created_at, coalesce(r.cases -> c.position -> 'variables', '{}') as variables
     from gateway.prompt_run_results c join gateway.prompt_runs r on r.id = c.run_id where c.run_id = $1 order by c.position`,
    [runId],
  );
  return rows;
}
