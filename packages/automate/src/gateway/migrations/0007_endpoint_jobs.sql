-- What endpoints are asked for in the background. The id is that of the job which does it.
create table gateway.endpoint_jobs (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  endpoint_id uuid not null,
  endpoint text not null,
  task_type text not null,
  request jsonb not null,
  -- Who is told of the end: a URL, and the name of the secret that signs it.
  webhook jsonb,
  started_by text not null,
  api_key_id uuid,
  trace_id text not null,
  created_at timestamptz(3) not null default now(),
  -- Null until its end: succeeded, failed or cancelled.
  outcome text,
  result jsonb,
  error jsonb,
  finished_at timestamptz(3)
);
create index endpoint_jobs_ended on gateway.endpoint_jobs (finished_at);
select automate.protect('gateway.endpoint_jobs');

-- What is told of them, numbered from 1 without gaps.
create table gateway.endpoint_job_events (
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  job_id uuid not null references gateway.endpoint_jobs (id) on delete cascade,
  id int not null,
  event text not null,
  data jsonb not null,
  primary key (job_id, id)
);
select automate.protect('gateway.endpoint_job_events');
