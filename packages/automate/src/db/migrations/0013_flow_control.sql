-- Jobs that share a slot run at most so many at a time: the others are blocked until one of them ends.
create table automate.slots (
  name text primary key,
  tenant_id uuid not null,
  capacity int not null
);
select automate.protect('automate.slots');
alter table automate.jobs add column slot text;
alter table automate.jobs drop constraint jobs_state_check;
alter table automate.jobs add constraint jobs_state_check
  check (state in ('blocked', 'queued', 'scheduled', 'running', 'succeeded', 'failed', 'cancelled'));
create index jobs_in_slot on automate.jobs (slot) where slot is not null and state in ('queued', 'scheduled', 'running');
create index jobs_blocked on automate.jobs (slot, priority desc, id) where state = 'blocked';

-- When the next start under a rate limit is due: the theoretical arrival time of the generic cell rate algorithm.
create table automate.start_rates (
  name text primary key,
  tenant_id uuid not null,
  next_at timestamptz(3) not null
);
select automate.protect('automate.start_rates');

-- Events that wait to start one execution together: the last of them (debounce), or all (batch).
create table automate.gatherings (
  trigger_id uuid not null,
  key text not null,
  tenant_id uuid not null,
  workflow_id uuid not null,
  mode text not null check (mode in ('debounce', 'batch')),
  event_ids uuid[] not null,
  first_at timestamptz(3) not null default now(),
  due_at timestamptz(3) not null,
  primary key (trigger_id, key)
);
create index gatherings_due on automate.gatherings (due_at);
select automate.protect('automate.gatherings');

-- The execution that was started under an idempotency key of a workflow.
create table automate.execution_keys (
  tenant_id uuid not null,
  workflow_id uuid not null,
  key text not null,
  execution_id uuid not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, workflow_id, key)
);
create index execution_keys_execution on automate.execution_keys (execution_id);
select automate.protect('automate.execution_keys');
