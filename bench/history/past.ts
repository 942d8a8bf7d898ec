import pg from 'pg';

/** Months back that the history covers. */
const MONTHS = 12;
/** Executions at a time, so that no statement holds all of them in memory. */
const BATCH = 25_000;
const TENANTS = 5;
const WORKFLOWS = 3;

/**
 * Fills a database with finished executions of one step each, with their events and jobs, spread over the last twelve months,
 * the first tenant's among them. A twentieth of them has failed.
 */
export async function fill(url: string, executions: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`set search_path = automate, public; set synchronous_commit = off`);
  await client.query(PREPARE, []);
  await client.query(
    `insert into tenants (id, slug, name) select bench_id(now(), n), 'bench-' || n, 'bench' from generate_series(1, ${TENANTS - 1}) as n`,
  );
  await client.query(
    `insert into workflows (id, tenant_id, name, slug, workflow_version, latest_version)
     select bench_id(now(), ${TENANTS} * m + row_number() over ()), id, 'bench ' || m, 'bench-' || m, 1, 1
     from tenants, generate_series(1, ${WORKFLOWS}) as m`,
  );
  await client.query(
    `create table public.bench_places as select row_number() over () - 1 as place, id as workflow_id, tenant_id from workflows where slug like 'bench-%'`,
  );
  // As it would have been when these months were young.
  for (let month = MONTHS; month > 0; month -= 1)
    await client.query(
      `select add_history_month((date_trunc('month', now() at time zone 'utc') - make_interval(months => $1))::date)`,
      [month],
    );
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where not indisprimary and indrelid = any(array['executions', 'events', 'jobs']::regclass[])`,
  );
  // Indexes are built at the end, which takes a fraction of the time; and what is written here need not outlive this machine.
  for (const { name } of indexes) await client.query(`drop index ${name}`);
  for (const setting of ['fsync = off', `max_wal_size = '8GB'`]) await client.query(`alter system set ${setting}`);
  await client.query('select pg_reload_conf()');
  await Promise.all([0, 1].map((half) => fillHalf(url, executions, half)));
  for (const { definition } of indexes) await client.query(definition.replace(' ON ONLY ', ' ON '));
  // What autovacuum would have done long ago.
  for (const table of ['executions', 'jobs']) await client.query(`vacuum (analyze) automate.${table}`);
  await client.query('analyze automate.step_runs; analyze automate.events');
  await client.query('alter system reset fsync');
  await client.query('select pg_reload_conf()');
  await client.query('checkpoint');
  await client.end();
}

async function fillHalf(url: string, executions: number, half: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`set search_path = automate, public; set synchronous_commit = off`);
  const middle = executions / 2;
  for (let first = half * middle; first < (half + 1) * middle; first += BATCH)
    for (const statement of STATEMENTS)
      await client.query(statement, [first, Math.min(first + BATCH, (half + 1) * middle) - 1, executions]);
  await client.end();
}

const PREPARE = `create function public.bench_id(at timestamptz, number bigint) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || '8' || lpad(to_hex(number), 15, '0'))::uuid
$$`;

const ROWS = `with row as (
  select n, now() - interval '2 hours' - interval '${MONTHS} months' * (1 - n / $3::float) as at, workflow_id, tenant_id
  from generate_series($1::int, $2::int) as n join bench_places on place = n % (select count(*) from bench_places)
)`;
const STATEMENTS = [
  `${ROWS} insert into events (id, tenant_id, event_type, source, payload, occurred_at, received_at, trace_id)
   select bench_id(at, n), tenant_id, 'bench.past', 'bench', jsonb_build_object('number', n), at, at, 'past-' || n from row`,
  `${ROWS} insert into executions (id, tenant_id, workflow_id, workflow_version, version_id, event_id, status, output, trace_id,
     created_at, started_at, finished_at)
   select bench_id(at, n), tenant_id, workflow_id, 1, workflow_id, bench_id(at, n), case when n % 20 = 0 then 'failed' else 'succeeded' end,
     '{"ok": true}', 'past-' || n, at, at, at + interval '1 second' from row`,
  `${ROWS} insert into step_runs (execution_id, node_path, tenant_id, seq, node_type, status, input, output, attempts, started_at, finished_at)
   select bench_id(at, n), 'step_1', tenant_id, 1, 'core.transform', 'succeeded', '{"number": 1}', '{"number": 1}', 1, at, at
   from row`,
  `${ROWS} insert into jobs (id, tenant_id, lane, kind, state, max_attempts, trace_id, created_at, started_at, finished_at)
   select bench_id(at, n), tenant_id, tenant_id::text, 'execution', 'succeeded', 3, 'past-' || n, at, at, at from row`,
];
