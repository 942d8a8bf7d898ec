-- Jobs know no feature: which of them come in bulk, they say themselves. What was kept for workers and processes of an earlier schema goes.

lock table automate.jobs in share row exclusive mode;

alter table automate.jobs
  -- It comes in backlogs of any length, through which nobody looks who claims other kinds only.
  add column is_bulk boolean not null default false;
alter table automate.job_queue add column is_bulk boolean not null default false;
update automate.jobs set is_bulk = true where kind = 'execution';
update automate.job_queue set is_bulk = true where kind = 'execution';
drop index automate.job_queue_other;
create index job_queue_other on automate.job_queue (lane, rank, job_id) where not is_bulk;

-- What concurrency asks for after a start, under the words of today.
update automate.jobs set kind = 'execution_concurrency', payload = case
    when payload ? 'make_room_in' then jsonb_build_object('cancel_excess_in', payload -> 'make_room_in')
    when payload ? 'look_for_deadlock_of' then jsonb_build_object('check_deadlock_of', payload -> 'look_for_deadlock_of')
    else payload end
  where kind = 'execution_steering';
update automate.job_queue set kind = 'execution_concurrency' where kind = 'execution_steering';
update automate.job_leases set kind = 'execution_concurrency' where kind = 'execution_steering';

-- A job was sent something since its holder last read: it is notified.
alter table automate.jobs rename column is_signalled to is_notified;

-- Leases stand in `workers` and `job_leases` alone.
drop trigger jobs_follow on automate.jobs;
drop index automate.jobs_leased;
alter table automate.jobs drop column lease_until;

-- Whoever changes these tables has locked the job first. Claims and ends do it themselves, since they are too many for a trigger.
create or replace function automate.follow_job() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  if old.state = 'queued' then
    delete from automate.job_queue where lane = old.lane and rank = automate.rank_of(old.run_at, old.priority) and job_id = old.id;
  elsif old.state = 'scheduled' then
    delete from automate.job_timers where job_id = old.id;
  end if;
  if new.state = 'queued' then
    insert into automate.job_queue (lane, rank, job_id, tenant_id, kind, is_bulk, is_suspect)
      values (new.lane, automate.rank_of(new.run_at, new.priority), new.id, new.tenant_id, new.kind, new.is_bulk, new.crashes >= 3)
      on conflict do nothing;
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
create trigger jobs_follow after update of state, run_at on automate.jobs for each row
  when ((new.state = 'scheduled' and old.run_at <> new.run_at) or old.state <> new.state and (new.slot is not null
    or new.state in ('queued', 'scheduled') or old.state = 'scheduled' or (old.state = 'queued' and new.state <> 'running')))
  execute function automate.follow_job();

create or replace function automate.follow_new_jobs() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  insert into automate.job_queue (lane, rank, job_id, tenant_id, kind, is_bulk, is_suspect)
    select lane, automate.rank_of(run_at, priority), id, tenant_id, kind, is_bulk, crashes >= 3 from added where state = 'queued';
  insert into automate.job_timers (job_id, tenant_id, due_at) select id, tenant_id, run_at from added where state = 'scheduled';
  insert into automate.job_slots (slot, job_id, tenant_id, rank, since, is_blocked)
    select slot, id, tenant_id, automate.rank_of(created_at, priority), id, state = 'blocked' from added
    where slot is not null and state in ('blocked', 'queued', 'scheduled', 'running');
  return null;
end $$;

-- How often each tenant's triggers have changed, so that compiled rules know when they are stale. Without a row they never have.
create table automate.trigger_versions (
  tenant_id uuid primary key,
  version bigint not null
);
select automate.protect('automate.trigger_versions');
insert into automate.trigger_versions (tenant_id, version) select id, triggers_version from automate.tenants where triggers_version > 0;
alter table automate.tenants drop column triggers_version;
