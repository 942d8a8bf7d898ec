-- What people sign in with, each in a table of its own. Passwords, links with a provider and sessions go on; who has a second factor
-- sets it up again, since it was sealed with another key, and a sign-in at a provider that is under way begins again.
create table automate.passwords (
  user_id uuid primary key references automate.users (id) on delete cascade,
  -- Argon2id, as a PHC string.
  hash text not null,
  updated_at timestamptz(3) not null default now()
);
insert into automate.passwords (user_id, hash, updated_at)
  select user_id, password, updated_at from automate.accounts where provider_id = 'credential' and password is not null;

-- Whom the subjects of a provider are; one of each provider for a person.
create table automate.identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references automate.users (id) on delete cascade,
  created_at timestamptz(3) not null default now(),
  primary key (issuer, subject),
  unique (user_id, issuer)
);
insert into automate.identities (issuer, subject, user_id, created_at)
  select substr(provider_id, 6), account_id, user_id, created_at from automate.accounts where provider_id like 'oidc:%' order by created_at, id
  on conflict do nothing;

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
update automate.users set two_factor_enabled = false where two_factor_enabled;

grant select, insert, update, delete on automate.passwords, automate.identities, automate.sign_in_flows, automate.second_factors
  to automate_system;

-- The hash of a session's token as bytes, without the name of the hash before it.
alter table automate.sessions add column hash bytea;
update automate.sessions set hash = decode(translate(substr(token, 8), '-_', '+/') || '=', 'base64');
drop function automate.hold_session(text);
alter table automate.sessions drop column token, alter column hash set not null, add unique (hash);

create function automate.hold_session(stored_hash bytea) returns boolean language plpgsql security definer
  set search_path = automate, pg_temp
  as $$
begin
  perform from sessions where hash = stored_hash and expires_at > now() for key share;
  return found;
end $$;
revoke all on function automate.hold_session(bytea) from public;
grant execute on function automate.hold_session(bytea) to automate_app, automate_system;

drop table automate.accounts, automate.verifications, automate.two_factors;
alter table automate.users drop column image;
