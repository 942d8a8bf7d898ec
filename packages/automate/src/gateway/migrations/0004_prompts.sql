-- What models are told, under a name. What it says stands in versions.
create table gateway.prompts (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  slug text not null,
  name text not null,
  description text not null default '',
  latest_version int not null default 0,
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, slug),
  unique (tenant_id, id)
);
select automate.protect('gateway.prompts');

-- A version is never changed.
create table gateway.prompt_versions (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  prompt_id uuid not null,
  version int not null,
  -- What was changed, as its author puts it.
  message text not null,
  messages jsonb not null,
  -- JSON Schema, with defaults.
  variables jsonb not null,
  model text,
  params jsonb not null,
  response_format jsonb,
  tools jsonb not null,
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  unique (prompt_id, version),
  foreign key (tenant_id, prompt_id) references gateway.prompts (tenant_id, id) on delete cascade
);
select automate.protect('gateway.prompt_versions');

-- Names that lead to a version, or to several by weight, and can be moved.
create table gateway.prompt_labels (
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  prompt_id uuid not null,
  name text not null,
  variants jsonb not null,
  sticky text,
  updated_by text not null,
  updated_at timestamptz(3) not null default now(),
  primary key (prompt_id, name),
  foreign key (tenant_id, prompt_id) references gateway.prompts (tenant_id, id) on delete cascade
);
select automate.protect('gateway.prompt_labels');

-- Counts the changes of a tenant's prompts and labels, each in its transaction: of two reads it tells which saw the later state.
create table gateway.prompt_changes (
  tenant_id uuid primary key references automate.tenants (id) on delete cascade,
  revision bigint not null
);
select automate.protect('gateway.prompt_changes');

-- What a prompt is to answer.
create table gateway.prompt_test_sets (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  prompt_id uuid not null,
  name text not null,
  description text not null default '',
  cases jsonb not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (prompt_id, name),
  foreign key (tenant_id, prompt_id) references gateway.prompts (tenant_id, id) on delete cascade
);
select automate.protect('gateway.prompt_test_sets');

-- A version put to the cases of a test set, as they were then. The id is that of the job which does it.
create table gateway.prompt_runs (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  prompt_id uuid not null,
  test_set_id uuid not null references gateway.prompt_test_sets (id) on delete cascade,
  version int not null,
  model text not null,
  cases jsonb not null,
  total int not null,
  trace_id text not null,
  started_by text not null,
  api_key_id uuid,
  -- Null until its end; of one that was cancelled, the job says so.
  outcome text,
  error_code text,
  error_message text,
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  foreign key (tenant_id, prompt_id) references gateway.prompts (tenant_id, id) on delete cascade
);
create index prompt_runs_of_set on gateway.prompt_runs (test_set_id, id desc);
create index prompt_runs_of_prompt on gateway.prompt_runs (prompt_id, id desc);
create index prompt_runs_recent on gateway.prompt_runs (tenant_id, id desc);
select automate.protect('gateway.prompt_runs');

-- What came of a case: once it is here, it is not paid again.
create table gateway.prompt_run_results (
  run_id uuid not null references gateway.prompt_runs (id) on delete cascade,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  position int not null,
  name text not null,
  passed boolean not null,
  output text,
  is_cut boolean not null default false,
  assertions jsonb not null,
  latency_ms int,
  -- Billionths of a dollar; null where no price is known.
  cost_nanos bigint,
  usage jsonb,
  call_id uuid,
  error jsonb,
  created_at timestamptz(3) not null default now(),
  primary key (run_id, position)
);
select automate.protect('gateway.prompt_run_results');

-- Runs as they stand.
create view gateway.prompt_run_states with (security_invoker = true) as
select r.id, r.tenant_id, r.prompt_id, p.slug as prompt, r.test_set_id, s.name as test_set, r.version, r.model,
  coalesce(r.outcome, case when j.state in ('queued', 'running', 'succeeded', 'failed') then j.state
    when j.state in ('blocked', 'scheduled') then 'queued' else 'cancelled' end) as status,
  r.total, done.finished, done.passed, done.finished - done.passed as failed, done.errors,
  case when done.nanos is not null then trim_scale(done.nanos / 1000000000)::text end as cost_usd, done.unpriced,
  done.latency_ms as avg_latency_ms, r.trace_id, r.started_by, r.error_code, r.error_message, r.created_at, r.finished_at
from gateway.prompt_runs r
join gateway.prompts p on p.id = r.prompt_id
join gateway.prompt_test_sets s on s.id = r.test_set_id
left join automate.jobs j on j.id = r.id
cross join lateral (
  select count(*)::int as finished, count(*) filter (where c.passed)::int as passed, count(*) filter (where c.error is not null)::int as errors,
    sum(c.cost_nanos)::numeric as nanos, count(*) filter (where c.cost_nanos is null)::int as unpriced,
    round(avg(c.latency_ms))::int as latency_ms
  from gateway.prompt_run_results c where c.run_id = r.id) done;
grant select on gateway.prompt_run_states to automate_system, automate_app;
