-- Dispatch: one tenant's events are found without passing by those of the others, and none takes more than its share.

-- About how many bytes the payload has.
alter table automate.outbox add column if not exists bytes int not null default 0;
update automate.outbox set bytes = octet_length(payload::text) from automate.events where events.id = event_id;
alter table automate.outbox drop constraint outbox_pkey;
alter table automate.outbox add primary key (tenant_id, event_id);

alter table automate.events
  -- Executions that stand between it and the outside: one that a step sends has one more than the event that started it.
  add column if not exists hops smallint not null default 0,
  -- Whether it is a record of ours, which triggers nothing; its type cannot be used from outside.
  add column if not exists is_internal boolean not null default false;
update automate.events set is_internal = true
  where event_type = 'workflow.failed' and source = 'automate'
    and id = any(array(select event_id from automate.executions where status in ('queued', 'running', 'waiting')));

-- Why a match has started nothing, or has not yet.
alter table automate.verdicts add column if not exists note text;

-- Events that wait to start one execution together. They belong to a workflow and to what a trigger means, so that they go on to wait
-- when a version is published.
create temporary table waiting on commit drop as
  select gatherings.*, mode || ' ' || md5(concat_ws(' ', event_type, filter::text)) as meaning
  from automate.gatherings join automate.triggers on triggers.id = trigger_id;
drop table automate.gatherings;
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

insert into automate.gatherings (id, tenant_id, workflow_id, meaning, key, mode, seconds, size, last_event_id, trigger_id, count, first_at, due_at)
  select distinct on (workflow_id, meaning, key) gen_random_uuid(), tenant_id, workflow_id, meaning, key, mode,
    greatest(extract(epoch from due_at - first_at), 0), case mode when 'batch' then 1000 end, case mode when 'debounce' then event_ids[cardinality(event_ids)] end, trigger_id,
    cardinality(event_ids), first_at, due_at
  from waiting order by workflow_id, meaning, key, first_at desc;
insert into automate.gathered_events (gathering_id, event_id, trigger_id, tenant_id, bytes, gathered_at)
  select gatherings.id, event_id, waiting.trigger_id, waiting.tenant_id, coalesce(octet_length(payload::text), 0), waiting.first_at
  from waiting join automate.gatherings using (workflow_id, meaning, key), unnest(event_ids) as event_id
  left join automate.events on events.id = event_id
  where waiting.mode = 'batch' on conflict do nothing;

-- Whether execution_id is that of an event which waits in a batch: the execution is known when the batch starts.
alter table automate.execution_keys add column is_gathered boolean not null default false;

create or replace function automate.drop_history_month(history text, suffix text, taken_before timestamptz) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s' as $$
#variable_conflict use_variable
declare
  kinds text[] := case history when 'step_runs' then array['step_runs'] when 'events' then array['verdicts', 'events'] end;
  part text := history || '_' || suffix;
  month record;
  first uuid;
  beyond uuid;
  kind text;
  is_needed boolean;
begin
  select made.since, made.until into month from automate.history_partitions as made
  where made.history = history and made.name = part and made.until <= now() at time zone 'utc';
  if kinds is null or taken_before is null or not found then
    raise exception 'no month of history that is over: %', part using errcode = 'invalid_parameter_value';
  end if;
  first := case when month.since is null then '00000000-0000-0000-0000-000000000000' else automate.month_id(month.since) end;
  beyond := automate.month_id(month.until);
  perform pg_advisory_xact_lock(8246001338);
  -- Nobody adds to it from here on.
  execute format('lock table automate.%I in share mode', part);
  if history = 'step_runs' then
    is_needed := exists (select from automate.executions where id >= first and id < beyond);
  else
    execute format('select exists (select from automate.%I where received_at >= $1)', part) into is_needed using taken_before;
    is_needed := is_needed or exists (select from automate.outbox where event_id >= first and event_id < beyond)
      or exists (select from automate.executions where event_id >= first and event_id < beyond)
      or exists (select from automate.gatherings where last_event_id >= first and last_event_id < beyond)
      or exists (select from automate.gathered_events where event_id >= first and event_id < beyond);
  end if;
  if is_needed then return false; end if;
  foreach kind in array kinds loop
    part := kind || '_' || suffix;
    continue when to_regclass(format('automate.%I', part)) is null;
    execute format('alter table automate.%I detach partition automate.%I', kind, part);
    execute format('drop table automate.%I', part);
  end loop;
  return true;
end $$;
