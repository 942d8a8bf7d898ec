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
