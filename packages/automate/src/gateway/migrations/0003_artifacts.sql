-- Files that were sent to us, or that models made. Their bytes are in a store; a row is written after them, and removed before them.
create table gateway.artifacts (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  name text not null,
  content_type text not null,
  bytes bigint not null,
  -- Hexadecimal.
  sha256 text not null,
  -- What made it: `upload`, `call`, `job`, …
  origin_kind text not null,
  origin_id text,
  trace_id text not null,
  -- Where its bytes are.
  store text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  -- Null while something refers to it.
  unreferenced_since timestamptz(3) default now()
);
create index artifacts_recent on gateway.artifacts (tenant_id, id desc);
create index artifacts_created on gateway.artifacts (tenant_id, created_at, id);
create index artifacts_trace on gateway.artifacts (tenant_id, trace_id);
create index artifacts_expiry on gateway.artifacts (expires_at) where expires_at is not null;
create index artifacts_unreferenced on gateway.artifacts (unreferenced_since) where unreferenced_since is not null;
select automate.protect('gateway.artifacts');

-- What keeps an artifact.
create table gateway.artifact_references (
  artifact_id uuid not null references gateway.artifacts (id) on delete cascade,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  owner_kind text not null,
  owner_id text not null,
  created_at timestamptz(3) not null default now(),
  primary key (artifact_id, owner_kind, owner_id)
);
create index artifact_references_owner on gateway.artifact_references (tenant_id, owner_kind, owner_id);
select automate.protect('gateway.artifact_references');

-- Bytes that the artifacts of a tenant have in all: one row, so that who adds some waits for who adds others.
create table gateway.artifact_totals (
  tenant_id uuid primary key references automate.tenants (id) on delete cascade,
  bytes bigint not null default 0
);
select automate.protect('gateway.artifact_totals');

-- Bytes that are on their way. What a process that died had taken comes back by itself.
create table gateway.artifact_uploads (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  bytes bigint not null,
  expires_at timestamptz(3) not null
);
create index artifact_uploads_tenant on gateway.artifact_uploads (tenant_id, expires_at);
select automate.protect('gateway.artifact_uploads');
