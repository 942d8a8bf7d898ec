-- What an execution is told while it runs: a signal from outside, the end of an execution it waits for.
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

alter table automate.jobs
  -- Something was said to the job since its holder last looked.
  add column is_signalled boolean not null default false;

alter table automate.executions
  -- It is to end this way, once what runs is stopped and what has to be undone is undone.
  add column ending text check (ending in ('failed', 'cancelled')),
  -- The execution that waits for this one, and the step of it that does.
  add column parent_execution_id uuid,
  add column parent_step text,
  -- How many executions stand above this one.
  add column depth smallint not null default 0,
  add column replay_of uuid;
create index executions_parent on automate.executions (parent_execution_id) where parent_execution_id is not null;

alter table automate.step_runs
  -- Name of the signal that the step waits for.
  add column waits_for text;

alter table automate.workflow_versions
  add column settings jsonb not null default '{}';
