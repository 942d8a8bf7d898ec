-- What triggers of features' own types ask for elsewhere, such as a webhook at another service. It outlives versions of the workflow in
-- which the trigger says the same, so that nothing is missed in between.
create table automate.trigger_subscriptions (
  id uuid primary key,
  tenant_id uuid not null,
  workflow_id uuid not null references automate.workflows (id) on delete cascade,
  type text not null,
  config jsonb not null,
  -- What its type keeps to know it again; null while it is not active.
  state jsonb,
  -- Why it could not be made active, or ended, the last time.
  error text,
  created_at timestamptz(3) not null default now(),
  activated_at timestamptz(3)
);
create index trigger_subscriptions_type on automate.trigger_subscriptions (tenant_id, type);
create index trigger_subscriptions_workflow on automate.trigger_subscriptions (workflow_id);
select automate.protect('automate.trigger_subscriptions');

alter table automate.triggers add column subscription_id uuid;
create index triggers_subscription on automate.triggers (subscription_id) where subscription_id is not null and retired_at is null;

-- An event with one is for its triggers alone, whatever its type.
alter table automate.events add column subscription_id uuid;
