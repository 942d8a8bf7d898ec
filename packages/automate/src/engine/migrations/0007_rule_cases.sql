-- What the rules of a workflow have to say about events that somebody wrote down: asked whenever a version is published.
create table automate.rule_cases (
  id uuid primary key,
  tenant_id uuid not null,
  workflow_id uuid not null references automate.workflows (id) on delete cascade,
  name text not null,
  -- Path of the step whose condition is meant; null: the triggers.
  step text,
  event jsonb not null,
  matches boolean not null,
  created_by text not null,
  created_at timestamptz(3) not null default now()
);
create unique index rule_cases_name on automate.rule_cases (workflow_id, name);
select automate.protect('automate.rule_cases');
