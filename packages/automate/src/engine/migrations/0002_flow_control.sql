-- Starts that wait: for more events to start with, or for their place under a rate limit. (Those that wait for a slot are jobs.)

-- Events that wait to start one execution together. They belong to a workflow and to what a trigger means, so that they go on to wait
-- when a version is published.
create table automate.gatherings (
  id uuid primary key,
  tenant_id uuid not null,
  workflow_id uuid not null,
  meaning text not null,
  key text not null,
  mode text not null check (mode in ('debounce', 'batch')),
  -- How long events wait: since the last of them (debounce) or since the first (batch).
  seconds float8 not null,
  -- Debounce: so long after the first it starts in any case. Batch: with so many it starts at once.
  maximum_seconds float8,
  size int,
  -- Debounce: the one that counts. All of a batch are in gathered_events.
  last_event_id uuid,
  trigger_id uuid not null,
  -- Batch: how many events are in it. About how many bytes it takes to start.
  count int not null default 0,
  bytes bigint not null default 0,
  first_at timestamptz(3) not null default now(),
  due_at timestamptz(3) not null,
  unique (workflow_id, meaning, key)
);
create index gatherings_due on automate.gatherings (due_at);
create index gatherings_event on automate.gatherings (last_event_id) where last_event_id is not null;
select automate.protect('automate.gatherings');

create table automate.gathered_events (
  gathering_id uuid not null,
  event_id uuid not null,
  trigger_id uuid not null,
  tenant_id uuid not null,
  bytes int not null,
  gathered_at timestamptz(3) not null default now(),
  primary key (gathering_id, event_id)
);
create index gathered_events_event on automate.gathered_events (event_id);
select automate.protect('automate.gathered_events');

-- Rate limits of starts: when the next of those that wait may start, and when nothing of the limit counts any more.
create table automate.start_rates (
  name text primary key,
  tenant_id uuid not null,
  next_at timestamptz(3) not null,
  forget_at timestamptz(3) not null default now() + interval '1 day'
);
create index start_rates_forget on automate.start_rates (forget_at);
select automate.protect('automate.start_rates');

-- Starts under a rate limit that still count: each holds its place until the period after it is over. Those of a moment stand together.
create table automate.rate_starts (
  name text not null,
  moment bigint not null,
  tenant_id uuid not null,
  count int not null,
  last_at timestamptz(3) not null,
  primary key (name, moment)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
select automate.protect('automate.rate_starts');
