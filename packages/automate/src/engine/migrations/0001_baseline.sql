-- Events, workflows and their executions. An execution is a job with the same id. What grows without end (steps, events, verdicts) is kept by
-- the month of its id, so that a month that nothing needs goes as a whole: 0003_history makes the months.

-- ── Events ──

-- Facts that happened. Append-only.
create table automate.events (
  id uuid primary key,
  tenant_id uuid not null,
  event_type text not null,
  source text not null,
  payload jsonb not null,
  idempotency_key text,
  -- Executions that stand between it and the outside: one that a step sends has one more than the event that started it.
  hops smallint not null default 0,
  -- Whether it is a record of ours, which triggers nothing; its type cannot be used from outside.
  is_internal boolean not null default false,
  occurred_at timestamptz(3) not null,
  received_at timestamptz(3) not null default now(),
  trace_id text not null
) partition by range (id);
create index events_tenant on automate.events (tenant_id, id);
create index events_trace on automate.events (trace_id);
select automate.protect('automate.events');

-- A table of its own, since no index of a partitioned table is unique over its months.
create table automate.event_keys (
  tenant_id uuid not null,
  key text not null,
  event_id uuid not null,
  primary key (tenant_id, key)
);
select automate.protect('automate.event_keys');

-- Events that no dispatcher has handled yet. A row goes in the transaction that stores the event and out in the one that
-- stores the executions it starts. By the tenant first, so that one tenant's events are found without passing by those of the others.
create table automate.outbox (
  event_id uuid not null,
  tenant_id uuid not null,
  -- About how many bytes the payload has.
  bytes int not null default 0,
  primary key (tenant_id, event_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
select automate.protect('automate.outbox');

-- ── Workflows ──

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
  updated_at timestamptz(3) not null default now()
);
create index workflows_tenant on automate.workflows (tenant_id, id);
-- The slug of an archived workflow is free again.
create unique index workflows_slug on automate.workflows (tenant_id, slug) where archived_at is null;
create index workflows_slug_archived on automate.workflows (tenant_id, slug) where archived_at is not null;
select automate.protect('automate.workflows');

-- Immutable: an execution keeps the version it started with.
create table automate.workflow_versions (
  id uuid primary key,
  tenant_id uuid not null,
  workflow_id uuid not null references automate.workflows (id) on delete cascade,
  version int not null,
  graph jsonb not null,
  triggers jsonb not null,
  settings jsonb not null default '{}',
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

-- How often each tenant's triggers have changed, so that compiled rules know when they are stale. Without a row they never have.
create table automate.trigger_versions (
  tenant_id uuid primary key,
  version bigint not null
);
select automate.protect('automate.trigger_versions');

-- What each trigger whose event type fits decided about an event.
create table automate.verdicts (
  event_id uuid not null,
  trigger_id uuid not null,
  tenant_id uuid not null,
  workflow_id uuid not null,
  is_match boolean not null,
  -- Why the rule could not be evaluated, if it could not.
  error text,
  -- Why a match has started nothing, or has not yet.
  note text,
  execution_id uuid,
  decided_at timestamptz(3) not null default now(),
  primary key (event_id, trigger_id)
) partition by range (event_id);
select automate.protect('automate.verdicts');

-- ── Executions ──

-- One run of a workflow version. Not by the month: everything that people look at is found through it, by many ways.
create table automate.executions (
  id uuid primary key,
  tenant_id uuid not null,
  workflow_id uuid not null,
  workflow_version int not null,
  version_id uuid not null,
  event_id uuid not null,
  trigger_id uuid,
  -- What the client that started it calls it; of a workflow, one execution at a time has a key.
  execution_key text,
  replay_of uuid,
  -- The execution that waits for this one, and the step of it that does.
  parent_execution_id uuid,
  parent_step text,
  -- It goes on when the execution that has started it ends; any other is cancelled then.
  outlives_parent boolean not null default false,
  -- The execution at the top of those that started each other (null: this one), and how many stand above this one.
  root_execution_id uuid,
  depth smallint not null default 0,
  status text not null default 'queued',
  -- Which of the changes of the execution its status is: steps and statuses are numbered together, so that whoever follows an execution
  -- gets both in order and can go on behind either. 0: it has been queued since it was made.
  status_seq int not null default 0,
  -- It is to end this way, once what runs is stopped and what has to be undone is undone.
  ending text check (ending in ('failed', 'cancelled')),
  output jsonb,
  error jsonb,
  trace_id text not null,
  created_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  check (status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'))
) with (fillfactor = 50);
create index executions_tenant on automate.executions (tenant_id, id);
create index executions_workflow on automate.executions (workflow_id, id);
create index executions_trace on automate.executions (trace_id);
-- Whether an event still has executions is asked before it is deleted.
create index executions_event on automate.executions (event_id);
create index executions_parent on automate.executions (parent_execution_id) where parent_execution_id is not null;
create index executions_key on automate.executions (workflow_id, execution_key, id) where execution_key is not null;
select automate.protect('automate.executions');

-- How many executions one has started, and those have, in all.
create table automate.execution_trees (
  root_id uuid primary key,
  tenant_id uuid not null,
  descendants int not null default 0
);
select automate.protect('automate.execution_trees');

-- The execution that was started under a key of its workflow.
create table automate.execution_keys (
  tenant_id uuid not null,
  workflow_id uuid not null,
  key text not null,
  -- What the key is: made by the settings of the workflow of an event, given with a run so that it starts once, or the client's name for an
  -- execution.
  kind text not null default 'event' check (kind in ('event', 'run', 'name')),
  execution_id uuid not null,
  -- Whether execution_id is that of an event which waits in a batch: the execution is known when the batch starts.
  is_gathered boolean not null default false,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, workflow_id, key, kind)
);
create index execution_keys_execution on automate.execution_keys (execution_id);
select automate.protect('automate.execution_keys');

-- One row for each node that was decided, written when its outcome is known. seq counts the changes of one execution.
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
  -- Name of the signal that the step waits for.
  waits_for text,
  input jsonb,
  output jsonb,
  error jsonb,
  -- About how many bytes input and output take as JSON: so an execution that is taken up again knows what it has stored.
  bytes int not null default 0,
  -- Ids of the steps whose outputs this one saw when it was first tried, as JSON, where its input has to be made again for each try since it
  -- holds what is not stored, and where others might end in between.
  seen text,
  attempts int not null default 0,
  -- When a sleeping or retrying step goes on.
  resume_at timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  primary key (execution_id, node_path, iteration),
  check (status in ('running', 'waiting', 'retrying', 'succeeded', 'failed', 'skipped', 'cancelled'))
) partition by range (execution_id);
select automate.protect('automate.step_runs');

-- What an execution is sent while it runs: a signal from outside, the end of an execution it waits for.
create table automate.signals (
  id uuid primary key,
  tenant_id uuid not null,
  execution_id uuid not null,
  -- What a step waits for under this name gets it.
  name text not null,
  data jsonb not null,
  -- Who sent it: `user:<id>`, `api_key:<id>`, or `execution:<id>`.
  sent_by text not null,
  created_at timestamptz(3) not null default now(),
  -- The step that took it.
  taken_by text
);
create index signals_execution on automate.signals (execution_id, created_at, id);
select automate.protect('automate.signals');

-- Who waits for an event that is still to come: a step goes on with it, an execution is cancelled by it.
create table automate.event_waits (
  execution_id uuid not null,
  -- Node path and iteration; empty: the execution is cancelled.
  step text not null,
  -- Of several events that cancel an execution.
  place smallint not null default 0,
  tenant_id uuid not null,
  -- The pattern of the event's type, and the paths whose values are hashed: a JSON list.
  shape text not null,
  -- What the values at these paths have to be.
  hash text not null,
  -- JSONLogic, and what it reads of the execution; null: every event of the type.
  rule jsonb,
  "values" jsonb not null,
  created_at timestamptz(3) not null default now(),
  primary key (execution_id, step, place)
);
create index event_waits_match on automate.event_waits (tenant_id, shape, hash, execution_id, step, place);
select automate.protect('automate.event_waits');

-- ── Approvals ──

-- Names one decision that is asked for: the same whenever it is computed, so that nothing has to be stored for it.
create function automate.approval_id(execution uuid, node_path text, iteration int) returns uuid
  language sql immutable parallel safe as $$
  -- A UUID of version 8.
  select overlay(overlay(md5(execution::text || ' ' || node_path || ' ' || iteration::text) placing '8' from 13) placing '8' from 17)::uuid
$$;
grant execute on function automate.approval_id to automate_system, automate_app;

create index step_runs_approvals on automate.step_runs (automate.approval_id(execution_id, node_path, iteration))
  where node_type = 'core.approval';
-- What other steps wait for does not change their place in it, so that their updates stay cheap.
create index step_runs_undecided on automate.step_runs (tenant_id, started_at) where waits_for like 'approval:%';

-- Decisions that people have still to make. What is decided and not yet taken up is not shown any more.
create view automate.approvals with (security_invoker = true) as
  select automate.approval_id(s.execution_id, s.node_path, s.iteration) as id, s.tenant_id,
    s.input ->> 'title' as title, s.input ->> 'description' as description, s.input -> 'schema' as schema,
    e.workflow_id, s.execution_id, s.node_path as node, s.iteration, s.started_at as since, s.resume_at as expires_at
  from automate.step_runs s join automate.executions e on e.id = s.execution_id
  where s.waits_for like 'approval:%' and s.status = 'waiting' and e.finished_at is null and e.ending is null
    and (s.resume_at is null or s.resume_at > now())
    and not exists (
      select 1 from automate.signals g where g.execution_id = s.execution_id and g.taken_by is null and g.name = s.waits_for);
grant select on automate.approvals to automate_system, automate_app;
