import type { Queryable } from '../../db/index.ts';
import { isRunningJob, type JobFailure, progressOfJob } from '../../jobs/index.ts';
import type { JsonObject } from '../../kernel/index.ts';

export interface Webhook {
  readonly url: string;
  /** Name of the secret that signs it. */
  readonly secret: string;
}

/** What an endpoint was asked for, as it is done. */
export interface EndpointJobRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly endpoint_id: string;
  readonly endpoint: string;
  readonly task_type: string;
  readonly request: JsonObject;
  readonly webhook: Webhook | null;
  readonly started_by: string;
  readonly api_key_id: string | null;
  readonly trace_id: string;
  readonly created_at: string;
  readonly outcome: JobOutcomeName | null;
  readonly result: JsonObject | null;
  readonly error: JobFailure | null;
  readonly finished_at: string | null;
}
export type JobOutcomeName = 'succeeded' | 'failed' | 'cancelled';

type NewRow = Omit<EndpointJobRow, 'created_at' | 'outcome' | 'result' | 'error' | 'finished_at'>;

export async function insertEndpointJob(transaction: Queryable, row: NewRow): Promise<void> {
  await transaction.query(
    `insert into gateway.endpoint_jobs (id, tenant_id, endpoint_id, endpoint, task_type, request, webhook, started_by, api_key_id, trace_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      row.id,
      row.tenant_id,
      row.endpoint_id,
      row.endpoint,
      row.task_type,
      JSON.stringify(row.request),
      row.webhook && JSON.stringify(row.webhook),
      row.started_by,
      row.api_key_id,
      row.trace_id,
    ],
  );
}

const COLUMNS = `id, tenant_id, endpoint_id, endpoint, task_type, request, webhook, started_by, api_key_id, trace_id, created_at,
  outcome, result, error, finished_at`;

export async function findEndpointJob(transaction: Queryable, id: string): Promise<EndpointJobRow | undefined> {
  const { rows } = await transaction.query<EndpointJobRow>(`select ${COLUMNS} from gateway.endpoint_jobs where id = $1`, [id]);
  return rows[0];
}

/** The same with how far the job is that does it. */
export async function findWithState(
  transaction: Queryable,
  id: string,
): Promise<(EndpointJobRow & { readonly is_running: boolean; readonly progress: JsonObject | null }) | undefined> {
  const { rows } = await transaction.query<EndpointJobRow & { is_running: boolean; progress: JsonObject | null }>(
    `select ${COLUMNS}, ${isRunningJob('e.id')} as is_running, ${progressOfJob('e.id')} as progress
     from gateway.endpoint_jobs e where e.id = $1`,
    [id],
  );
  return rows[0];
}

/** Whether it is still to be done; nobody ends it until the transaction does. */
export async function lockOpen(transaction: Queryable, id: string): Promise<boolean> {
  const { rows } = await transaction.query<{ is_open: boolean }>(
    'select finished_at is null as is_open from gateway.endpoint_jobs where id = $1 for update',
    [id],
  );
  return rows[0]?.is_open === true;
}

export interface JobEnd {
  readonly outcome: JobOutcomeName;
  readonly result?: JsonObject | undefined;
  readonly error?: JobFailure | undefined;
}

export async function endEndpointJob(transaction: Queryable, id: string, { outcome, result, error }: JobEnd): Promise<void> {
  await transaction.query(
    'update gateway.endpoint_jobs set outcome = $2, result = $3, error = $4, finished_at = now() where id = $1',
    [id, outcome, result ? JSON.stringify(result) : null, error ? JSON.stringify(error) : null],
  );
}

/** Takes the ends of jobs back: they are tried again. */
export async function reopenEndpointJobs(transaction: Queryable, ids: readonly string[]): Promise<void> {
  await transaction.query(
    'update gateway.endpoint_jobs set outcome = null, result = null, error = null, finished_at = null where id = any($1::uuid[])',
    [ids],
  );
}

/** Some that ended so many days ago. */
export async function jobsEndedBefore(
  db: Queryable,
  days: number,
  limit: number,
): Promise<{ readonly id: string; readonly tenant_id: string }[]> {
  const { rows } = await db.query<{ id: string; tenant_id: string }>(
    `select id, tenant_id from gateway.endpoint_jobs where finished_at < now() - make_interval(days => $1) order by finished_at limit $2`,
    [days, limit],
  );
  return rows;
}

export async function deleteEndpointJobs(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query('delete from gateway.endpoint_jobs where id = any($1::uuid[])', [ids]);
}
