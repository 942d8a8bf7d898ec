-- Retention: sweeps, and the months of steps, events and verdicts. A month is a range of ids; what fits in none is taken by a default
-- partition, so that nothing is ever refused (docs/decisions/0029-monthly-partitions.md).

-- Sweeps that one process does at a time, and when they are due again.
create table automate.sweeps (
  name text primary key,
  holder text,
  held_until timestamptz(3),
  due_at timestamptz(3) not null default now()
);
grant select, insert, update, delete on automate.sweeps to automate_system;

-- A partition is reached through its table alone. Its owner, and so a dump, is held to the same policies.
create function automate.close_partition(target regclass) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not (select relrowsecurity from pg_class where oid = target) then perform automate.protect(target); end if;
  execute format('revoke all on %s from automate_system, automate_app', target);
end $$;
revoke execute on function automate.close_partition from public;

create table automate.step_runs_default partition of automate.step_runs default with (fillfactor = 90);
create table automate.events_default partition of automate.events default;
create table automate.verdicts_default partition of automate.verdicts default;
select automate.close_partition('automate.step_runs_default'), automate.close_partition('automate.events_default'),
  automate.close_partition('automate.verdicts_default');

-- What there is: `2027_01` has a month, `default` what fits nowhere else. `before_2027_01` has all from before that month, in an installation
-- that is older than its months.
create view automate.history_partitions with (security_invoker = true) as
  select parent.relname::text as history, child.relname::text as name, part.suffix,
    case when part.suffix ~ '^\d' then to_date(part.suffix, 'YYYY_MM') end as since,
    case when part.suffix ~ '^\d' then (to_date(part.suffix, 'YYYY_MM') + interval '1 month')::date
         when part.suffix ~ '^before' then to_date(right(part.suffix, 7), 'YYYY_MM') end as until,
    greatest(child.reltuples, 0)::bigint as rows, pg_total_relation_size(child.oid) as bytes
  from pg_inherits join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent,
    lateral (select substr(child.relname::text, length(parent.relname::text) + 2) as suffix) as part
  where parent.relnamespace = 'automate'::regnamespace and child.relnamespace = 'automate'::regnamespace
    and parent.relname in ('step_runs', 'events', 'verdicts')
    and parent.relkind = 'p';
grant select on automate.history_partitions to automate_system;

-- The three functions below run with the rights of the role that migrated, since workers own no table. They take a month or the name of one,
-- wait a second at most for a lock, and take turns.

-- Makes a month of each of the three, as far as it is not there, and takes in what the default partition has of it.
-- False when that is more than may be moved under a lock: it stays where it is.
create function automate.add_history_month(month date) returns boolean language plpgsql security definer
  set search_path = pg_catalog, pg_temp set lock_timeout = '1s' as $$
declare
  most constant int := 20000;
  beyond date := (month + interval '1 month')::date;
  history record;
  part text;
  spare text;
  span text;
  strays int;
  is_whole boolean := true;
begin
  if month is null or extract(day from month) <> 1 or month < '2000-01-01' or month > now() + interval '1 year' then
    raise exception 'history has no month %', month using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(8246001338);
  for history in
    select * from (values ('step_runs', 'execution_id'), ('events', 'id'), ('verdicts', 'event_id')) as t(name, key)
  loop
    continue when exists (
      select from automate.history_partitions as made where made.history = history.name and made.until > month
        and (made.since is null or made.since <= month));
    part := format('%s_%s', history.name, to_char(month, 'YYYY_MM'));
    spare := history.name || '_default';
    span := format('%1$I >= %2$L and %1$I < %3$L', history.key, automate.month_id(month), automate.month_id(beyond));
    execute format('lock table automate.%I in access exclusive mode', spare);
    execute format('select count(*) from (select from automate.%I where %s limit %s) as found', spare, span, most + 1) into strays;
    if strays > most then
      is_whole := false;
      continue;
    end if;
    execute format('create table automate.%I (like automate.%I including all)', part, spare);
    execute (select 'alter table automate.' || quote_ident(part) || ' set (' || array_to_string(reloptions, ', ') || ')'
      from pg_class where oid = format('automate.%I', spare)::regclass and reloptions is not null
      union all select 'select' limit 1);
    perform automate.close_partition(format('automate.%I', part)::regclass);
    execute format('with moved as (delete from automate.%I where %s returning *) insert into automate.%I select * from moved', spare, span, part);
    execute format('alter table automate.%I attach partition automate.%I for values from (%L) to (%L)',
      history.name, part, automate.month_id(month), automate.month_id(beyond));
  end loop;
  return is_whole;
end $$;

-- Months that are to be there and are not: this one, so many ahead, and those of which the default partitions have something.
create function automate.missing_history_months(ahead int) returns setof date language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp as $$
declare
  this_month date := date_trunc('month', now() at time zone 'utc');
  last_month date := this_month + make_interval(months => ahead);
  history record;
  place uuid;
  month date;
begin
  for history in
    select * from (values ('step_runs', 'execution_id'), ('events', 'id'), ('verdicts', 'event_id')) as t(name, key)
  loop
    return query select wanted::date from generate_series(this_month, last_month, interval '1 month') as wanted
      where not exists (select from automate.history_partitions as made where made.history = history.name and made.until > wanted
        and (made.since is null or made.since <= wanted));
    month := '2000-01-01';
    for turn in 1..24 loop
      execute format('select %I from automate.%I where %1$I >= $1 and %1$I < $2 order by 1 limit 1', history.key, history.name || '_default')
        into place using automate.month_id(month), automate.month_id((last_month + interval '1 month')::date);
      exit when place is null;
      month := automate.month_of(place);
      return next month;
      month := month + interval '1 month';
    end loop;
  end loop;
end $$;

-- Drops a month that is over, once nothing needs it: steps of which no execution is left; or events, with their verdicts, that
-- were all taken in before a time and decided about, and of which no execution is left. False when something still does.
create function automate.drop_history_month(history text, suffix text, taken_before timestamptz) returns boolean
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

revoke execute on function automate.add_history_month, automate.missing_history_months, automate.drop_history_month from public;
grant execute on function automate.add_history_month, automate.missing_history_months, automate.drop_history_month to automate_system;

-- This month and the next three. Later ones are made by workers, ahead of time.
select automate.add_history_month(month) from automate.missing_history_months(3) as month group by month order by month;
