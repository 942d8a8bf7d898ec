-- Requests counted for rate limits. Unlogged: after a crash of the database server the windows start anew.
create unlogged table automate.rate_limits (
  -- SHA-256 of whose requests are counted under which rule.
  key bytea primary key,
  count int not null,
  ends_at timestamptz(3) not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
create index rate_limits_end on automate.rate_limits (ends_at);
grant select, insert, update, delete on automate.rate_limits to automate_system;

-- Replies of requests that were sent with an Idempotency-Key.
create table automate.idempotency_keys (
  tenant_id uuid not null,
  principal_id text not null,
  key text not null,
  -- SHA-256 of operation, path and body: the key may not be used for another request.
  fingerprint bytea not null,
  -- Names the holder while the request runs; a holder that died loses it at locked_until.
  ticket uuid,
  locked_until timestamptz(3),
  status int,
  headers jsonb,
  body text,
  expires_at timestamptz(3) not null,
  primary key (tenant_id, principal_id, key)
);
create index idempotency_keys_end on automate.idempotency_keys (expires_at);
select automate.protect('automate.idempotency_keys');

-- Migrations of the program that this product is built into, by file name.
create table automate.host_migrations (
  name text primary key,
  checksum text not null,
  applied_at timestamptz(3) not null default now()
);
grant select on automate.host_migrations to automate_system;
