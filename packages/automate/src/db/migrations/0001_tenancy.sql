-- Two roles that nobody logs in as: row-level security tells them apart.
--   automate_system  workers and other code that serves all tenants
--   automate_app     a request on behalf of one tenant, named by the setting automate.tenant_id
do $$
declare
  wanted text;
begin
  foreach wanted in array array['automate_system', 'automate_app'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin noinherit', wanted);
      exception when duplicate_object or unique_violation then
        null; -- another database of this server was migrated at the same moment
      end;
    end if;
    if not pg_has_role(current_user, wanted, 'MEMBER') or not (select rolsuper from pg_roles where rolname = current_user) then
      execute format('grant %I to current_user', wanted);
    end if;
  end loop;
end $$;

grant usage on schema automate to automate_system, automate_app;
grant select on automate.migrations to automate_system;

-- Confines a table to its tenant: FORCE makes even the owner subject to the policies.
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

create table automate.tenants (
  id uuid primary key,
  slug text not null unique,
  name text not null,
  -- Grows with every change to the tenant's triggers, so that compiled rules know when they are stale.
  triggers_version bigint not null default 0,
  created_at timestamptz(3) not null default now()
);
select automate.protect('automate.tenants', 'id');

create table automate.api_keys (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  name text not null,
  -- What is shown of the key to tell it from others. The key itself is nowhere.
  prefix text not null,
  hash bytea not null unique,
  scopes text[] not null,
  is_staff boolean not null default false,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3)
);
create index api_keys_tenant on automate.api_keys (tenant_id, id);
select automate.protect('automate.api_keys');
