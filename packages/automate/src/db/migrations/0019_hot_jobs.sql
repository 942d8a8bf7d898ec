-- What is to be done with jobs, beside the record of them. Each of these tables is as long as there is work and no longer, and a
-- change of a job's state touches no index of `jobs` (a heap-only update), whose indexes are as long as its history.

-- Old processes work on beside this schema, and everything below has to begin from one state.
lock table automate.jobs in share row exclusive mode;

-- Jobs that may be claimed.
create table automate.job_queue (
  lane text not null,
  -- The opposite of the priority, so that what comes first is first in the index.
  rank smallint not null,
  job_id uuid not null,
  tenant_id uuid not null,
  kind text not null,
  -- Workers have ended again and again while they had it: it is claimed alone among its like.
  is_suspect boolean not null,
  primary key (lane, rank, job_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.5);
-- Executions come in backlogs of any length; who claims other kinds only does not look through them.
create index job_queue_other on automate.job_queue (lane, rank, job_id) where kind <> 'execution';
create index job_queue_suspect on automate.job_queue (job_id) where is_suspect;
select automate.protect('automate.job_queue');

-- Jobs that wait for a time, or to be told something.
create table automate.job_timers (
  job_id uuid primary key,
  tenant_id uuid not null,
  due_at timestamptz(3) not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index job_timers_due on automate.job_timers (due_at);
select automate.protect('automate.job_timers');

-- Jobs that have a slot, and those that wait for one.
create table automate.job_slots (
  slot text not null,
  job_id uuid not null,
  tenant_id uuid not null,
  rank smallint not null,
  is_blocked boolean not null,
  primary key (slot, job_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index job_slots_next on automate.job_slots (slot, rank, job_id) where is_blocked;
select automate.protect('automate.job_slots');

-- Workers whose leases hold. One row is extended for all the jobs of a worker; whoever takes them back deletes it first.
create table automate.workers (
  name text primary key,
  lease_until timestamptz(3) not null,
  started_at timestamptz(3) not null default now()
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
grant select, insert, update, delete on automate.workers to automate_system;

-- Which worker has which job.
create table automate.job_leases (
  owner text not null,
  job_id uuid not null,
  tenant_id uuid not null,
  kind text not null,
  primary key (owner, job_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.5);
select automate.protect('automate.job_leases');

-- Whoever changes these tables has locked the job first. Claims and ends do it themselves, since they are too many for a trigger;
-- but claims by workers of the version before, whose leases stand in the job, are followed.
create function automate.follow_job() returns trigger language plpgsql as $$
begin
  if old.state = 'queued' then
    delete from automate.job_queue where lane = old.lane and rank = -old.priority and job_id = old.id;
  elsif old.state = 'scheduled' then
    delete from automate.job_timers where job_id = old.id;
  end if;
  if new.state = 'queued' then
    insert into automate.job_queue (lane, rank, job_id, tenant_id, kind, is_suspect)
      values (new.lane, -new.priority, new.id, new.tenant_id, new.kind, new.crashes >= 3) on conflict do nothing;
  elsif new.state = 'scheduled' then
    insert into automate.job_timers (job_id, tenant_id, due_at) values (new.id, new.tenant_id, new.run_at)
      on conflict (job_id) do update set due_at = excluded.due_at;
  end if;
  if new.slot is not null then
    if new.state in ('succeeded', 'failed', 'cancelled') then
      delete from automate.job_slots where slot = new.slot and job_id = new.id;
    else
      insert into automate.job_slots (slot, job_id, tenant_id, rank, is_blocked)
        values (new.slot, new.id, new.tenant_id, -new.priority, new.state = 'blocked')
        on conflict (slot, job_id) do update set is_blocked = excluded.is_blocked where job_slots.is_blocked <> excluded.is_blocked;
    end if;
  end if;
  return null;
end $$;
create trigger jobs_follow after update of state, run_at on automate.jobs for each row
  when ((new.state = 'scheduled' and old.run_at <> new.run_at) or old.state <> new.state and (new.slot is not null or new.state in ('queued', 'scheduled')
    or old.state = 'scheduled' or (old.state = 'queued' and (new.state <> 'running' or new.lease_until is not null))))
  execute function automate.follow_job();

create function automate.follow_new_jobs() returns trigger language plpgsql as $$
begin
  insert into automate.job_queue (lane, rank, job_id, tenant_id, kind, is_suspect)
    select lane, -priority, id, tenant_id, kind, crashes >= 3 from added where state = 'queued';
  insert into automate.job_timers (job_id, tenant_id, due_at) select id, tenant_id, run_at from added where state = 'scheduled';
  insert into automate.job_slots (slot, job_id, tenant_id, rank, is_blocked)
    select slot, id, tenant_id, -priority, state = 'blocked' from added
    where slot is not null and state in ('blocked', 'queued', 'scheduled', 'running');
  return null;
end $$;
create trigger jobs_follow_new after insert on automate.jobs referencing new table as added for each statement
  execute function automate.follow_new_jobs();

insert into automate.job_queue (lane, rank, job_id, tenant_id, kind, is_suspect)
  select lane, -priority, id, tenant_id, kind, crashes >= 3 from automate.jobs where state = 'queued';
insert into automate.job_timers (job_id, tenant_id, due_at) select id, tenant_id, run_at from automate.jobs where state = 'scheduled';
insert into automate.job_slots (slot, job_id, tenant_id, rank, is_blocked)
  select slot, id, tenant_id, -priority, state = 'blocked' from automate.jobs
  where slot is not null and state in ('blocked', 'queued', 'scheduled', 'running');

-- No index names what a claim or an end changes. `jobs_leased` stays for workers of the version before, whose leases stand in the job.
drop index automate.jobs_ready, automate.jobs_ready_other, automate.jobs_suspect, automate.jobs_due, automate.jobs_in_slot, automate.jobs_blocked;
-- Room on each page for the next version of all its rows.
alter table automate.jobs set (fillfactor = 45);
alter table automate.executions set (fillfactor = 50);
