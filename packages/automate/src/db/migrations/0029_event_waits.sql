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
