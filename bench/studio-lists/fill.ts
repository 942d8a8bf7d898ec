import pg from 'pg';

const WORKFLOWS = 20;

/** Fills the first tenant's list with executions of the last ten days, a tenth of which has failed. */
export async function fill(url: string, executions: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('set search_path = automate, public; set synchronous_commit = off');
  // Ids follow the time, as those of the product do.
  await client.query(
    `create function pg_temp.id_at(at timestamptz, n bigint) returns uuid language sql as $$
       select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid $$`,
  );
  await client.query(
    `insert into workflows (id, tenant_id, name, slug, workflow_version, latest_version)
     select gen_random_uuid(), (select id from tenants order by created_at limit 1), 'Order fulfilment ' || n, 'order-' || n, 1, 1
     from generate_series(1, ${WORKFLOWS}) as n`,
  );
  await client.query(
    `with places as (select row_number() over () - 1 as place, id, tenant_id from workflows where slug like 'order-%'),
       made as (select n, now() - interval '10 days' * (n::float8 / $1) as at from generate_series(1, $1::int) as n)
     insert into executions (id, tenant_id, workflow_id, workflow_version, version_id, event_id, status, error, trace_id, created_at,
       started_at, finished_at)
     select pg_temp.id_at(at, n), tenant_id, places.id, 1, places.id, gen_random_uuid(),
       case when n % 10 = 0 then 'failed' else 'succeeded' end,
       case when n % 10 = 0 then '{"code": "http_status", "message": "POST carrier.example replied with status 503", "node": "call"}'::jsonb end,
       md5(n::text), at, at, at + interval '1 millisecond' * (n % 5000)
     from made join places on place = n % ${WORKFLOWS}`,
    [executions],
  );
  await client.query('analyze automate.executions');
  await client.end();
}
