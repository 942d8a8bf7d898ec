-- How executions start: whose descendants they are, by which names they are known, and which starts wait until there is room.

alter table automate.executions
  -- The execution at the top of those that started each other; null: this one.
  add column root_execution_id uuid,
  -- What the client that started it calls it; of a workflow, one execution at a time has a key.
  add column execution_key text;
create index executions_key on automate.executions (workflow_id, execution_key, id) where execution_key is not null;

-- How many executions one has started, and those have, in all.
create table automate.execution_trees (
  root_id uuid primary key,
  tenant_id uuid not null,
  descendants int not null default 0
);
select automate.protect('automate.execution_trees');

-- What a key is: made by the settings of the workflow of an event, given with a run so that it starts once, or the client's name for
-- an execution.
alter table automate.execution_keys add column kind text not null default 'event' check (kind in ('event', 'run', 'name'));
alter table automate.execution_keys drop constraint execution_keys_pkey;
update automate.execution_keys set kind = 'run', key = substr(key, 5) where key like 'run %';
alter table automate.execution_keys add primary key (tenant_id, workflow_id, key, kind);

-- The slug of an archived workflow is free again.
alter table automate.workflows drop constraint workflows_tenant_id_slug_key;
create unique index workflows_slug on automate.workflows (tenant_id, slug) where archived_at is null;
create index workflows_slug_archived on automate.workflows (tenant_id, slug) where archived_at is not null;
