import type { Queryable } from '../../../db/index.ts';
import type { JobFailure } from '../../../jobs/index.ts';
import type { PromptCase } from './schemas.ts';

/** A run as it is done. */
export interface RunRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly prompt_id: string;
  readonly version: number;
  readonly model: string;
  readonly cases: readonly PromptCase[];
  readonly started_by: string;
  readonly api_key_id: string | null;
}

export async function insertRun(
  transaction: Queryable,
  row: RunRow & { readonly test_set_id: string; readonly trace_id: string },
): Promise<void> {
  await transaction.query(
    `insert into gateway.prompt_runs (id, tenant_id, prompt_id, test_set_id, version, model, cases, total, trace_id, started_by, api_key_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.id,
      row.tenant_id,
      row.prompt_id,
      row.test_set_id,
      row.version,
      row.model,
      JSON.stringify(row.cases),
      row.cases.length,
      row.trace_id,
      row.started_by,
      row.api_key_id,
    ],
  );
}

export async function findRun(transaction: Queryable, id: string): Promise<RunRow | undefined> {
  const { rows } = await transaction.query<RunRow>(
    `select id, tenant_id, prompt_id, version, model, cases, started_by, api_key_id from gateway.prompt_runs where id = $1`,
    [id],
  );
  return rows[0];
}

export async function finishRun(transaction: Queryable, id: string): Promise<void> {
  await transaction.query(`update gateway.prompt_runs set outcome = 'succeeded', finished_at = now() where id = $1`, [id]);
}

/** Records that runs became dead letters. */
export async function failRuns(
  transaction: Queryable,
  failures: readonly { readonly id: string; readonly error: JobFailure }[],
): Promise<void> {
  await transaction.query(
    `update gateway.prompt_runs set outcome = 'failed', finished_at = now(), error_code = failed.code, error_message = failed.message
     from unnest($1::uuid[], $2::text[], $3::text[]) as failed(id, code, message) where prompt_runs.id = failed.id`,
    [failures.map(({ id }) => id), failures.map(({ error }) => error.code), failures.map(({ error }) => error.message)],
  );
}

/** Takes back what {@link failRuns} recorded. */
export async function reopenRuns(transaction: Queryable, ids: readonly string[]): Promise<void> {
  await transaction.query(
    `update gateway.prompt_runs set outcome = null, finished_at = null, error_code = null, error_message = null
     where id = any($1::uuid[])`,
    [ids],
  );
}
