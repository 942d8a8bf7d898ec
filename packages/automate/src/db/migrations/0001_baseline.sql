-- What every feature stands on: two roles and the protection of tenants, ids that know their month, and the stores of the web layer.

-- Two roles that nobody logs in as; row-level security tells them apart.
--   automate_system  workers and other code that serves all tenants
--   automate_app     a request on behalf of one tenant, named by the setting automate.tenant_id
-- Roles belong to the server, not to the database: another database may have made them, perhaps at this very moment.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['automate_system', 'automate_app'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin noinherit', wanted);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
    if not pg_has_role(current_user, wanted, 'MEMBER') or not (select rolsuper from pg_roles where rolname = current_user) then
      execute format('grant %I to current_user', wanted);
    end if;
  end loop;
end $$;

-- The migration runner has made the schema and the ledger.
grant usage on schema automate to automate_system, automate_app;
grant select on automate.migrations to automate_system;

-- Confines a table to its tenant. FORCE makes even the owner of the table subject to the policies.
create function automate.protect(target regclass, tenant_column text default 'tenant_id') returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy every_tenant on %s to automate_system using (true) with check (true)', target);
  execute format(
    'create policy own_tenant on %1$s to automate_app
       using (%2$I = nullif(current_setting(''automate.tenant_id'', true), '''')::uuid)
       with check (%2$I = nullif(current_setting(''automate.tenant_id'', true), '''')::uuid)',
    target, tenant_column);
  execute format('grant select, insert, update, delete on %s to automate_system, automate_app', target);
end $$;

-- Ids are UUIDs of version 7, which begin with the time in milliseconds: a month is a range of ids, and this is its smallest.
create function automate.month_id(month date) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex((extract(epoch from month::timestamp) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- The first day of the month that an id is of, in UTC.
create function automate.month_of(id uuid) returns date language sql immutable parallel safe as $$
  select date_trunc('month', timestamp '1970-01-01' + make_interval(
    secs => ('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0))::date
$$;
grant execute on function automate.month_id, automate.month_of to automate_system, automate_app;

-- Requests counted for rate limits. Unlogged: after a crash of the database server the windows start anew.
create unlogged table automate.rate_limits (
  -- SHA-256 of whose requests are counted under which rule.
  key bytea primary key,
  count int not null,
  ends_at timestamptz(3) not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
create index rate_limits_end on automate.rate_limits (ends_at);
grant select, insert, update, delete on automate.rate_limits to automate_system;

-- Replies to requests that were sent with an Idempotency-Key.
create table automate.idempotency_keys (
  tenant_id uuid not null,
  principal_id text not null,
  key text not null,
  -- SHA-256 of operation, path and body: the key may not be used for another request.
  fingerprint bytea not null,
  -- Names the holder while the request runs; a holder that died loses it at locked_until.
  ticket uuid,
  locked_until timestamptz(3),
  -- The reply, once there is one.
  status int,
  headers jsonb,
  body text,
  expires_at timestamptz(3) not null,
  primary key (tenant_id, principal_id, key)
);
create index idempotency_keys_end on automate.idempotency_keys (expires_at);
select automate.protect('automate.idempotency_keys');

-- How many bytes of replies are kept for a tenant, so that there is a limit to it. Counted as they are stored, and anew with each sweep.
create table automate.kept_replies (
  tenant_id uuid primary key,
  bytes bigint not null
);
select automate.protect('automate.kept_replies');
