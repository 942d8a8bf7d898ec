-- How people sign in: what they know or have, their links and their sessions. Nothing here is of a tenant, and only the system sees it.

create table automate.passwords (
  user_id uuid primary key references automate.users (id) on delete cascade,
  -- Argon2id, as a PHC string.
  hash text not null,
  updated_at timestamptz(3) not null default now()
);

-- Whom the subjects of a provider are; one of each provider for a person.
create table automate.identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references automate.users (id) on delete cascade,
  created_at timestamptz(3) not null default now(),
  primary key (issuer, subject),
  unique (user_id, issuer)
);

-- Sign-ins at a provider that are under way.
create table automate.sign_in_flows (
  -- SHA-256 of the state and of what the browser's cookie holds.
  key bytea primary key,
  -- Sealed with a key that is nowhere but with that browser.
  value bytea not null,
  expires_at timestamptz(3) not null
);

create table automate.second_factors (
  user_id uuid primary key references automate.users (id) on delete cascade,
  -- Sealed.
  secret bytea not null,
  -- HMACs of those that were not taken yet.
  backup_codes bytea[] not null,
  -- Asked for from then on.
  is_confirmed boolean not null default false,
  -- Time step of the code that was taken last: it and those before are not taken again.
  last_step int,
  -- Wrong codes in a row.
  failures int not null default 0,
  locked_until timestamptz(3),
  created_at timestamptz(3) not null default now()
);

-- Links that work once: first set-up, sign-in, a forgotten password.
create table automate.one_time_tokens (
  hash bytea primary key,
  purpose text not null check (purpose in ('setup', 'sign_in', 'reset_password')),
  user_id uuid references automate.users (id) on delete cascade,
  -- The address that a link was sent to and that nobody else has seen it; null for one that was shown.
  mailed_to text,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now()
);

create table automate.sessions (
  id uuid primary key,
  user_id uuid not null references automate.users (id) on delete cascade,
  -- SHA-256 of the token: a copy of the table lets nobody in.
  hash bytea not null unique,
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

grant select, insert, update, delete on automate.passwords, automate.identities, automate.sign_in_flows, automate.second_factors,
  automate.one_time_tokens, automate.sessions to automate_system;

-- Whether a session goes on, and it does until the transaction ends. Requests on behalf of a tenant see no sessions, and may know this
-- much of one whose token's hash they have: what is made with a session must not outlive its end by being made at the same moment.
create function automate.hold_session(stored_hash bytea) returns boolean language plpgsql security definer
  set search_path = automate, pg_temp set enable_seqscan = off
  as $$
begin
  perform from sessions where hash = stored_hash and expires_at > now() for key share;
  return found;
end $$;
revoke all on function automate.hold_session(bytea) from public;
grant execute on function automate.hold_session(bytea) to automate_app, automate_system;
