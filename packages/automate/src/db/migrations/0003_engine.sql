-- Facts that happened. Append-only.
create table automate.events (
  id uuid primary key,
  tenant_id uuid not null,
  event_type text not null,
  source text not null,
  payload jsonb not null,
  idempotency_key text,
  occurred_at timestamptz(3) not null,
  received_at timestamptz(3) not null default now(),
  trace_id text not null
);
create index events_tenant on automate.events (tenant_id, id);
create index events_trace on automate.events (trace_id);
select automate.protect('automate.events');

create table automate.event_keys (
  tenant_id uuid not null,
  key text not null,
  event_id uuid not null,
  primary key (tenant_id, key)
);
select automate.protect('automate.event_keys');

-- Events that no dispatcher has handled yet. A row goes in the transaction that stores the event and out in the one that
-- stores the executions it starts.
create table automate.outbox (
  event_id uuid primary key,
  tenant_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
select automate.protect('automate.outbox');

create table automate.workflows (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  name text not null,
  slug text not null,
  -- The version that new executions run.
  workflow_version int not null,
  latest_version int not null,
  is_live boolean not null default true,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, slug)
);
create index workflows_tenant on automate.workflows (tenant_id, id);
select automate.protect('automate.workflows');

-- Immutable: an execution keeps the version it started with.
create table automate.workflow_versions (
  id uuid primary key,
  tenant_id uuid not null,
  workflow_id uuid not null references automate.workflows (id) on delete cascade,
  version int not null,
  graph jsonb not null,
  triggers jsonb not null,
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  unique (workflow_id, version)
);
select automate.protect('automate.workflow_versions');

-- The triggers of each workflow's published version. Immutable but for retired_at, so that a verdict can be explained later.
create table automate.triggers (
  id uuid primary key,
  tenant_id uuid not null,
  workflow_id uuid not null references automate.workflows (id) on delete cascade,
  workflow_version int not null,
  type text not null,
  event_type text,
  filter jsonb,
  config jsonb not null default '{}',
  priority smallint not null default 0,
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  retired_at timestamptz(3)
);
create index triggers_live on automate.triggers (tenant_id) where retired_at is null and is_active;
create index triggers_workflow on automate.triggers (workflow_id);
select automate.protect('automate.triggers');

-- What each trigger whose event type fits decided about an event.
create table automate.verdicts (
  event_id uuid not null,
  trigger_id uuid not null,
  tenant_id uuid not null,
  workflow_id uuid not null,
  is_match boolean not null,
  -- Why the rule could not be evaluated, if it could not.
  error text,
  execution_id uuid,
  decided_at timestamptz(3) not null default now(),
  primary key (event_id, trigger_id)
);
select automate.protect('automate.verdicts');

-- One run of a workflow version. Its job has the same id.
create table automate.executions (
  id uuid primary key,
  tenant_id uuid not null,
  workflow_id uuid not null,
  workflow_version int not null,
  version_id uuid not null,
  event_id uuid not null,
  trigger_id uuid,
  status text not null default 'queued',
  output jsonb,
  error jsonb,
  trace_id text not null,
  created_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  check (status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'))
) with (fillfactor = 70);
create index executions_tenant on automate.executions (tenant_id, id);
create index executions_workflow on automate.executions (workflow_id, id);
create index executions_trace on automate.executions (trace_id);
select automate.protect('automate.executions');

-- One row per node that was decided, written when its outcome is known. seq counts the changes of one execution.
create table automate.step_runs (
  execution_id uuid not null,
  node_path text not null,
  iteration int not null default 0,
  tenant_id uuid not null,
  seq int not null,
  node_type text not null,
  status text not null,
  -- The edge condition by which a deciding step leaves.
  route text,
  input jsonb,
  output jsonb,
  error jsonb,
  attempts int not null default 0,
  -- When a sleeping or retrying step goes on.
  resume_at timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  primary key (execution_id, node_path, iteration),
  check (status in ('running', 'waiting', 'retrying', 'succeeded', 'failed', 'skipped', 'cancelled'))
) with (fillfactor = 90);
select automate.protect('automate.step_runs');
