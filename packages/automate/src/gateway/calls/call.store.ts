import type { Queryable } from '../../db/index.ts';

/** The columns of the log, and what PostgreSQL is told they are. JSON goes there as text. */
const COLUMNS = {
  id: 'uuid',
  tenant_id: 'uuid',
  created_at: 'timestamptz',
  task: 'text',
  model: 'text',
  endpoint_id: 'uuid',
  endpoint: 'text',
  provider_id: 'uuid',
  provider: 'text',
  provider_model: 'text',
  protocol: 'text',
  is_streamed: 'boolean',
  is_cached: 'boolean',
  caller: 'text',
  api_key_id: 'uuid',
  execution_id: 'uuid',
  step: 'text',
  trace_id: 'text',
  prompt_id: 'uuid',
  prompt_version: 'int',
  status: 'text',
  http_status: 'int',
  error_code: 'text',
  error_detail: 'text',
  attempts: 'jsonb',
  findings: 'jsonb',
  input_tokens: 'bigint',
  cache_read_tokens: 'bigint',
  cache_write_tokens: 'bigint',
  output_tokens: 'bigint',
  reasoning_tokens: 'bigint',
  cost_nanos: 'bigint',
  latency_ms: 'int',
  first_byte_ms: 'int',
  request: 'jsonb',
  response: 'jsonb',
} as const;
type Column = keyof typeof COLUMNS;
const columns = Object.keys(COLUMNS) as Column[];
const INSERT = `insert into gateway.calls (${columns.join(', ')})
  select * from unnest(${columns.map((column, index) => `$${index + 1}::text[]::${COLUMNS[column]}[]`).join(', ')}) on conflict do nothing`;

/** One row as its columns, ready to be stored. */
export type CallColumns = Readonly<Record<Column, string | number | boolean | null>>;

/** A list a column: to read rows of JSON would take the database twice as long. */
export async function insertCalls(db: Queryable, rows: readonly CallColumns[]): Promise<void> {
  await db.query(
    INSERT,
    columns.map((column) => rows.map((row) => row[column])),
  );
}

/** Those whose tenant is gone take nobody with them. */
export async function tenantsThere(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select id from automate.tenants where id = any($1)', [ids]);
  return rows.map(({ id }) => id);
}

/** @param id of the first that is kept: ids grow with time. @returns how many were deleted: as many as the limit says when there are more */
export async function deleteCallsBefore(db: Queryable, id: string, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    'delete from gateway.calls where id in (select id from gateway.calls where id < $1 limit $2)',
    [id, limit],
  );
  return rowCount;
}

export async function bodiesOf(transaction: Queryable, id: string): Promise<{ request: unknown; response: unknown } | undefined> {
  const { rows } = await transaction.query<{ request: unknown; response: unknown }>(
    'select request, response from gateway.calls where id = $1',
    [id],
  );
  return rows[0];
}
