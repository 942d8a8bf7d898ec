-- People belong to the installation; what they may do in a tenant follows from their membership.
create table automate.users (
  id uuid primary key,
  name text not null,
  -- Lower case.
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  is_staff boolean not null default false,
  two_factor_enabled boolean not null default false,
  disabled_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table automate.sessions (
  id uuid primary key,
  user_id uuid not null references automate.users (id) on delete cascade,
  -- SHA-256 of the token: a copy of the table lets nobody in.
  token text not null unique,
  -- The tenant the person is working in; null: the first of theirs.
  tenant_id uuid references automate.tenants (id) on delete set null,
  ip_address text,
  user_agent text,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  -- To the minute, when it was last used.
  updated_at timestamptz(3) not null default now()
);
create index sessions_user on automate.sessions (user_id, id);

-- Ways a person signs in: `credential` holds a password's hash (argon2id), others a subject at a provider.
create table automate.accounts (
  id uuid primary key,
  user_id uuid not null references automate.users (id) on delete cascade,
  provider_id text not null,
  account_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (provider_id, account_id)
);
create index accounts_user on automate.accounts (user_id);

create table automate.verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index verifications_identifier on automate.verifications (identifier);

create table automate.two_factors (
  id uuid primary key,
  user_id uuid not null unique references automate.users (id) on delete cascade,
  -- Both encrypted.
  secret text not null,
  backup_codes text not null,
  verified boolean not null default true,
  failed_verification_count int not null default 0,
  locked_until timestamptz(3)
);

-- Links that work once: first set-up, sign-in, a forgotten password.
create table automate.one_time_tokens (
  hash bytea primary key,
  purpose text not null check (purpose in ('setup', 'sign_in', 'reset_password')),
  user_id uuid references automate.users (id) on delete cascade,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now()
);
grant select, insert, update, delete on automate.users, automate.sessions, automate.accounts, automate.verifications,
  automate.two_factors, automate.one_time_tokens to automate_system;

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
  invited_by text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  accepted_at timestamptz(3),
  revoked_at timestamptz(3)
);
create index invitations_tenant on automate.invitations (tenant_id, id);
select automate.protect('automate.invitations');
