-- In which order jobs go: whoever waits moves up, and within a slot whoever was there first goes first.

-- Old processes work on beside this schema, and everything below has to begin from one state.
lock table automate.jobs in share row exclusive mode;

-- The place of a job among others, smaller first: since when it could go, in seconds, and each point of priority is a head start of
-- ten. So what is more urgent goes first among what has waited about as long, and nothing is passed by for ever.
create function automate.rank_of(ready_at timestamptz, priority int) returns int language sql stable parallel safe as $$
  -- One that was told something by a process of the version before is still due at the end of time.
  select case when ready_at < '2080-01-01' then (extract(epoch from ready_at) - 1577836800)::int else 0 end - 10 * priority
$$;
grant execute on function automate.rank_of to automate_system, automate_app;

alter table automate.job_queue alter column rank type int;
alter table automate.job_slots alter column rank type int;

alter table automate.job_slots
  -- What was there first, within a rank: the event of an execution, else the job. Ids follow the time.
  add column since uuid,
  -- The most that may share the slot, as this job was told; the smallest of all that share it holds.
  add column capacity int;

drop index automate.job_slots_next;
create index job_slots_next on automate.job_slots (slot, rank, since, job_id) where is_blocked;
create index job_slots_capacity on automate.job_slots (slot, capacity);
create index job_slots_tenant on automate.job_slots (tenant_id);

create or replace function automate.follow_job() returns trigger language plpgsql as $$
begin
  if old.state = 'queued' then
    delete from automate.job_queue where lane = old.lane and rank = automate.rank_of(old.run_at, old.priority) and job_id = old.id;
  elsif old.state = 'scheduled' then
    delete from automate.job_timers where job_id = old.id;
  end if;
  if new.state = 'queued' then
    insert into automate.job_queue (lane, rank, job_id, tenant_id, kind, is_suspect)
      values (new.lane, automate.rank_of(new.run_at, new.priority), new.id, new.tenant_id, new.kind, new.crashes >= 3) on conflict do nothing;
  elsif new.state = 'scheduled' then
    insert into automate.job_timers (job_id, tenant_id, due_at) values (new.id, new.tenant_id, new.run_at)
      on conflict (job_id) do update set due_at = excluded.due_at;
  end if;
  if new.slot is not null then
    if new.state in ('succeeded', 'failed', 'cancelled') then
      delete from automate.job_slots where slot = new.slot and job_id = new.id;
    else
      insert into automate.job_slots (slot, job_id, tenant_id, rank, since, is_blocked)
        values (new.slot, new.id, new.tenant_id, automate.rank_of(new.created_at, new.priority), new.id, new.state = 'blocked')
        on conflict (slot, job_id) do update set is_blocked = excluded.is_blocked where job_slots.is_blocked <> excluded.is_blocked;
    end if;
  end if;
  return null;
end $$;

create or replace function automate.follow_new_jobs() returns trigger language plpgsql as $$
begin
  insert into automate.job_queue (lane, rank, job_id, tenant_id, kind, is_suspect)
    select lane, automate.rank_of(run_at, priority), id, tenant_id, kind, crashes >= 3 from added where state = 'queued';
  insert into automate.job_timers (job_id, tenant_id, due_at) select id, tenant_id, run_at from added where state = 'scheduled';
  insert into automate.job_slots (slot, job_id, tenant_id, rank, since, is_blocked)
    select slot, id, tenant_id, automate.rank_of(created_at, priority), id, state = 'blocked' from added
    where slot is not null and state in ('blocked', 'queued', 'scheduled', 'running');
  return null;
end $$;

update automate.job_queue set rank = automate.rank_of(run_at, priority) from automate.jobs where jobs.id = job_id;
update automate.job_slots set rank = automate.rank_of(created_at, priority), since = job_id,
  capacity = (select slots.capacity from automate.slots where slots.name = job_slots.slot)
  from automate.jobs where jobs.id = job_id;
