-- Who may do what: tenants and people, keys, secrets and the keys that wrap them, policies, and the record of what was done.

create table automate.tenants (
  id uuid primary key,
  slug text not null unique,
  name text not null,
  created_at timestamptz(3) not null default now()
);
select automate.protect('automate.tenants', 'id');

-- People belong to the installation; what they may do in a tenant follows from their membership.
create table automate.users (
  id uuid primary key,
  name text not null,
  -- Lower case.
  email text not null unique,
  email_verified boolean not null default false,
  -- Since when what is added to an account may be somebody else's than that of the owner of its address; null while it is proven.
  unproven_since timestamptz(3) default 'epoch',
  is_staff boolean not null default false,
  two_factor_enabled boolean not null default false,
  disabled_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint users_proof check (email_verified = (unproven_since is null))
);
grant select, insert, update, delete on automate.users to automate_system;

-- An owner whose account is disabled owns nothing. Requests on behalf of a tenant see no users, and may know this much of one.
create function automate.is_enabled(person uuid) returns boolean language sql stable security definer
  set search_path = automate, pg_temp set enable_seqscan = off
  as $$ select exists (select from automate.users where id = person and disabled_at is null) $$;
revoke all on function automate.is_enabled(uuid) from public;
grant execute on function automate.is_enabled(uuid) to automate_app, automate_system;

create table automate.members (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  user_id uuid not null references automate.users (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'editor', 'operator', 'viewer')),
  -- As people know them; kept in step with the user.
  email text not null,
  name text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, user_id)
);
create index members_user on automate.members (user_id);
select automate.protect('automate.members');

create table automate.invitations (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  email text not null,
  role text not null check (role in ('owner', 'admin', 'editor', 'operator', 'viewer')),
  hash bytea not null unique,
  -- Whether its link was mailed, and so seen by nobody but the owner of the address.
  is_mailed boolean not null default false,
  invited_by text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  accepted_at timestamptz(3),
  revoked_at timestamptz(3)
);
create index invitations_tenant on automate.invitations (tenant_id, id);
select automate.protect('automate.invitations');

create table automate.api_keys (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  name text not null,
  -- 'secret' calls the API; 'embed' is public in a web page, and only pages of its origins may use it.
  kind text not null default 'secret' check (kind in ('secret', 'embed')),
  origins text[] not null default '{}',
  -- What is shown of the key to tell it from others. The key itself is nowhere.
  prefix text not null,
  hash bytea not null unique,
  -- The value before the last rotation, valid until then.
  previous_hash bytea unique,
  previous_expires_at timestamptz(3),
  scopes text[] not null,
  is_staff boolean not null default false,
  -- Who made it, as audit entries name it; null for those of the installation.
  created_by text,
  -- The user behind it: the key can do no more than they can.
  user_id uuid,
  -- The key it was made with: revoked together with it.
  parent_id uuid references automate.api_keys (id) on delete set null,
  created_at timestamptz(3) not null default now(),
  rotated_at timestamptz(3),
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3)
);
create index api_keys_tenant on automate.api_keys (tenant_id, id);
create index api_keys_parent on automate.api_keys (parent_id) where parent_id is not null;
select automate.protect('automate.api_keys');

-- Values that a key had before: whoever gives one again, as a start does with its bootstrap token, must not bring it back.
create table automate.retired_key_values (
  hash bytea primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  api_key_id uuid not null references automate.api_keys (id) on delete cascade,
  retired_at timestamptz(3) not null default now()
);
create index retired_key_values_key on automate.retired_key_values (api_key_id);
select automate.protect('automate.retired_key_values');

-- Keys that wrap secrets. A root key, which is outside of the database, wraps each of them.
create table automate.master_keys (
  version int primary key,
  created_at timestamptz(3) not null default now(),
  -- Nothing is wrapped with a retired key any more.
  retired_at timestamptz(3)
);

-- One wrapping for each root key that may be in use, so that processes with the old and with the new one run side by side.
create table automate.master_key_wraps (
  version int not null references automate.master_keys (version) on delete cascade,
  root_id text not null,
  wrapped bytea not null,
  primary key (version, root_id)
);

-- Keys of the installation itself, by purpose, wrapped by a master key.
create table automate.system_keys (
  name text primary key,
  sealed bytea not null,
  created_at timestamptz(3) not null default now()
);
grant select, insert, update, delete on automate.master_keys, automate.master_key_wraps, automate.system_keys to automate_system;

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

-- What a tenant may do: the operator's ceiling and the tenant's own rules; the stricter of the two holds.
create table automate.policies (
  tenant_id uuid primary key references automate.tenants (id) on delete cascade,
  operator jsonb not null default '{}',
  tenant jsonb not null default '{}',
  version int not null default 1,
  updated_at timestamptz(3) not null default now()
);
select automate.protect('automate.policies');
-- A request of a tenant reads its policy; what changes one checks who asks first, and works as the system.
revoke insert, update, delete on automate.policies from automate_app;

-- What was done by whom. Rows are added and never changed; each is chained to the one before it of its tenant.
create table automate.audit_entries (
  tenant_id uuid not null,
  -- 1, 2, 3, … without a gap.
  seq bigint not null,
  id uuid not null unique,
  actor text not null,
  action text not null,
  target_type text not null,
  target_id text,
  -- Redacted before it gets here. Not jsonb, which would not give back the text that was hashed.
  diff json not null,
  trace_id text not null,
  address text,
  created_at timestamptz(3) not null,
  previous bytea not null,
  -- HMAC-SHA-256 over the row and `previous`.
  hash bytea not null,
  primary key (tenant_id, seq)
);
create index audit_entries_actor on automate.audit_entries (tenant_id, actor, seq);
create index audit_entries_target on automate.audit_entries (tenant_id, target_type, target_id, seq);
select automate.protect('automate.audit_entries');
revoke update, delete on automate.audit_entries from automate_system, automate_app;

-- The end of each tenant's chain, so that entries missing there are noticed too.
create table automate.audit_heads (
  tenant_id uuid primary key,
  seq bigint not null,
  hash bytea not null,
  -- HMAC-SHA-256 over tenant, seq and hash: what a row says of itself is not enough to make it the last one.
  seal bytea not null
);
select automate.protect('automate.audit_heads');
revoke delete on automate.audit_heads from automate_system, automate_app;
