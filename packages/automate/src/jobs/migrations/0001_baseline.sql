-- Every asynchronous piece of work is a job. `jobs` is the record of all of them; what is to be done with them stands in small tables beside
-- it, each as long as there is work and no longer (docs/decisions/0033-hot-tables-beside-the-jobs.md).

-- States:
--   blocked (waits for its slot) · queued (may be claimed) · scheduled (waits for run_at) · running (leased)
--   succeeded · failed (dead letter) · cancelled
create table automate.jobs (
  id uuid primary key,
  tenant_id uuid not null,
  -- Work is claimed in turn from the lanes, so that a long lane does not starve another.
  lane text not null,
  kind text not null,
  -- Comes in backlogs of any length, through which nobody looks who claims other kinds only.
  is_bulk boolean not null default false,
  priority smallint not null default 0,
  -- Jobs that name the same slot share its capacity.
  slot text,
  state text not null default 'queued',
  run_at timestamptz(3) not null default now(),
  -- Claims since the job last made progress; counted when claimed, so a job that kills its worker is counted too.
  attempts int not null default 0,
  max_attempts int not null,
  -- How often in a row a worker ended while it had the job.
  crashes smallint not null default 0,
  lease_owner text,
  -- Grows with every claim: a write under an old epoch is refused.
  epoch int not null default 0,
  -- It was sent something since its holder last read.
  is_notified boolean not null default false,
  -- Somebody asked a running job to end; an execution has its own way.
  is_cancelled boolean not null default false,
  -- How far it is, as its handler last said, and how often that was said: with the claims, it numbers what followers of the job see.
  progress jsonb,
  progress_count int not null default 0,
  trace_id text not null,
  payload jsonb not null default '{}',
  error jsonb,
  created_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  check (state in ('blocked', 'queued', 'scheduled', 'running', 'succeeded', 'failed', 'cancelled'))
) with (
  -- Room on each page for the next version of all its rows: no index names what a claim or an end changes, so both are heap-only updates.
  fillfactor = 45, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000
);
create index jobs_tenant on automate.jobs (tenant_id, id);
create index jobs_trace on automate.jobs (trace_id);
select automate.protect('automate.jobs');

-- Jobs that may be claimed.
create table automate.job_queue (
  lane text not null,
  -- See rank_of below: what comes first is first in the index.
  rank int not null,
  job_id uuid not null,
  tenant_id uuid not null,
  kind text not null,
  is_bulk boolean not null default false,
  -- Workers have ended again and again while they had it: it is claimed alone among its like, so that it takes none of them along.
  is_suspect boolean not null,
  primary key (lane, rank, job_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.5);
create index job_queue_other on automate.job_queue (lane, rank, job_id) where not is_bulk;
create index job_queue_suspect on automate.job_queue (job_id) where is_suspect;
select automate.protect('automate.job_queue');

-- Jobs that wait for a time, or to be notified.
create table automate.job_timers (
  job_id uuid primary key,
  tenant_id uuid not null,
  due_at timestamptz(3) not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index job_timers_due on automate.job_timers (due_at);
select automate.protect('automate.job_timers');

-- How many of the jobs that share a slot may go at a time: the others are blocked until one of them ends.
create table automate.slots (
  name text primary key,
  tenant_id uuid not null,
  capacity int not null
);
select automate.protect('automate.slots');

-- Jobs that have a slot, and those that wait for one.
create table automate.job_slots (
  slot text not null,
  job_id uuid not null,
  tenant_id uuid not null,
  rank int not null,
  -- Order within a rank: the id of what caused the job, else its own. Ids follow the time.
  since uuid,
  -- The most that may share the slot, as this job was told; the smallest of all that share it holds.
  capacity int,
  is_blocked boolean not null,
  primary key (slot, job_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index job_slots_next on automate.job_slots (slot, rank, since, job_id) where is_blocked;
create index job_slots_capacity on automate.job_slots (slot, capacity);
create index job_slots_tenant on automate.job_slots (tenant_id);
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

-- The place of a job among others, smaller first: since when it could go, in seconds from 2020, where each point of priority is a head start
-- of ten. So what is more urgent goes first among what has waited about as long, and nothing is passed by for ever.
create function automate.rank_of(ready_at timestamptz, priority int) returns int language sql stable parallel safe as $$
  -- Seconds to the end of time, which some jobs wait for, fit in no int.
  select case when ready_at < '2080-01-01' then (extract(epoch from ready_at) - 1577836800)::int else 0 end - 10 * priority
$$;
grant execute on function automate.rank_of to automate_system, automate_app;

-- The tables beside follow a change of state. Whoever changes them has locked the job first. Claims and ends, too many for a trigger, change
-- them themselves. A function keeps its plans as long as its session, whoever calls it: what its index finds is found by the index.
create function automate.follow_job() returns trigger language plpgsql set enable_seqscan = off as $$
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

create function automate.follow_new_jobs() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  insert into automate.job_queue (lane, rank, job_id, tenant_id, kind, is_bulk, is_suspect)
    select lane, automate.rank_of(run_at, priority), id, tenant_id, kind, is_bulk, crashes >= 3 from added where state = 'queued';
  insert into automate.job_timers (job_id, tenant_id, due_at) select id, tenant_id, run_at from added where state = 'scheduled';
  insert into automate.job_slots (slot, job_id, tenant_id, rank, since, is_blocked)
    select slot, id, tenant_id, automate.rank_of(created_at, priority), id, state = 'blocked' from added
    where slot is not null and state in ('blocked', 'queued', 'scheduled', 'running');
  return null;
end $$;
create trigger jobs_follow_new after insert on automate.jobs referencing new table as added for each statement
  execute function automate.follow_new_jobs();
