-- Every asynchronous piece of work. States:
--   queued (may be claimed) · scheduled (waits for run_at) · running (leased) · succeeded · failed (dead letter) · cancelled
create table automate.jobs (
  id uuid primary key,
  tenant_id uuid not null,
  -- Work is claimed in turn from the lanes, so that a long lane does not starve another.
  lane text not null,
  kind text not null,
  priority smallint not null default 0,
  state text not null default 'queued',
  run_at timestamptz(3) not null default now(),
  -- Claims since the job last made progress; counted when claimed, so a job that kills its worker is counted too.
  attempts int not null default 0,
  max_attempts int not null,
  lease_owner text,
  lease_until timestamptz(3),
  -- Grows with every claim: a write under an old epoch is refused.
  epoch int not null default 0,
  trace_id text not null,
  payload jsonb not null default '{}',
  error jsonb,
  created_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  check (state in ('queued', 'scheduled', 'running', 'succeeded', 'failed', 'cancelled'))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index jobs_ready on automate.jobs (lane, priority desc, id) where state = 'queued';
create index jobs_due on automate.jobs (run_at) where state = 'scheduled';
-- Not "where state = 'running'": statistics lag behind this table, and the planner would take every query that names the
-- state for one about a single row.
create index jobs_leased on automate.jobs (lease_until) where lease_until is not null;
create index jobs_tenant on automate.jobs (tenant_id, id);
create index jobs_trace on automate.jobs (trace_id);
select automate.protect('automate.jobs');
