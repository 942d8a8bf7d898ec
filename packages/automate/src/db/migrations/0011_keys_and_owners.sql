-- Values that a key had before: whoever gives one again, as a start does with its bootstrap token, must not bring it back.
create table automate.retired_key_values (
  hash bytea primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  api_key_id uuid not null references automate.api_keys (id) on delete cascade,
  retired_at timestamptz(3) not null default now()
);
create index retired_key_values_key on automate.retired_key_values (api_key_id);
select automate.protect('automate.retired_key_values');

insert into automate.retired_key_values (hash, tenant_id, api_key_id)
  select previous_hash, tenant_id, id from automate.api_keys where previous_hash is not null;

-- An owner whose account is disabled owns nothing. Requests on behalf of a tenant see no users, and may know this much of one.
create function automate.is_enabled(person uuid) returns boolean language sql stable security definer
  set search_path = automate, pg_temp
  as $$ select exists (select from automate.users where id = person and disabled_at is null) $$;
revoke all on function automate.is_enabled(uuid) from public;
grant execute on function automate.is_enabled(uuid) to automate_app, automate_system;
