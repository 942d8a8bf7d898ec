create table automate.secrets (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  name text not null,
  description text not null default '',
  -- Hosts it may be sent to; none: it is not sent anywhere.
  hosts text[] not null default '{}',
  -- Where the operator keeps the value (env://, file://, vault://); null: it is stored here.
  reference text,
  current_version int not null default 1,
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rotated_at timestamptz(3),
  unique (tenant_id, name)
);
create index secrets_tenant on automate.secrets (tenant_id, id);
select automate.protect('automate.secrets');

-- A value, sealed with a data key of its own, which a master key wraps.
create table automate.secret_versions (
  secret_id uuid not null references automate.secrets (id) on delete cascade,
  tenant_id uuid not null,
  version int not null,
  sealed bytea not null,
  data_key bytea not null,
  master_version int not null references automate.master_keys (version),
  created_at timestamptz(3) not null default now(),
  primary key (secret_id, version)
);
create index secret_versions_master on automate.secret_versions (master_version, secret_id, version);
select automate.protect('automate.secret_versions');
