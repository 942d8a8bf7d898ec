-- History is kept by the month, so that a month past its time goes as a whole. Months are ranges of ids, which begin with the time.
-- Whatever is above a line `-- commit` may run again.

-- The smallest id of a month.
create or replace function automate.month_id(month date) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex((extract(epoch from month::timestamp) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

create or replace function automate.month_of(id uuid) returns date language sql immutable parallel safe as $$
  select date_trunc('month', timestamp '1970-01-01' + make_interval(
    secs => ('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0))::date
$$;

-- All at once or none: whoever waits for a lock with others in its hands holds everybody up.
create or replace function automate.lock_history() returns void language plpgsql as $$
begin
  perform set_config('lock_timeout', '300ms', true);
  for attempt in 1..100 loop
    begin
      lock table automate.step_runs, automate.events, automate.verdicts in access exclusive mode;
      return;
    exception when lock_not_available or deadlock_detected then
      if attempt = 100 then raise; end if;
      perform pg_sleep(0.1 + random() * 0.2);
    end;
  end loop;
end $$;

-- What is there becomes one partition as it is. That it holds nothing later is said first, proved next while others read and
-- write, and so hardly anything is left to do under the lock at the end.
do $$
declare
  until date := date_trunc('month', now() at time zone 'utc' + interval '7 days') + interval '1 month';
  history record;
  old record;
  is_stray boolean;
begin
  perform automate.lock_history();
  for old in
    select conrelid::regclass as target, conname from pg_constraint where connamespace = 'automate'::regnamespace and conname like 'is_before_%'
  loop
    execute format('alter table %s drop constraint %I', old.target, old.conname);
  end loop;
  for history in
    select * from (values ('step_runs', 'execution_id'), ('events', 'id'), ('verdicts', 'event_id')) as t(name, key)
  loop
    execute format('select exists (select from automate.%I where %I >= %L)', history.name, history.key, automate.month_id(until)) into is_stray;
    if not is_stray then
      execute format('alter table automate.%I add constraint %I check (%I < %L) not valid',
        history.name, 'is_before_' || to_char(until, 'YYYY_MM'), history.key, automate.month_id(until));
    end if;
  end loop;
end $$;

-- commit

do $$
declare
  said record;
begin
  for said in
    select conrelid::regclass as target, conname from pg_constraint
    where connamespace = 'automate'::regnamespace and conname like 'is_before_%' and not convalidated
  loop
    execute format('alter table %s validate constraint %I', said.target, said.conname);
  end loop;
end $$;

-- commit

-- The partitions of history: `before_2027_01` has all from before that month, `2027_01` a month, `default` what fits nowhere else.
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

-- A partition is reached through its table alone. Its owner, and so a dump, is held to the same policies.
create function automate.close_partition(target regclass) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not (select relrowsecurity from pg_class where oid = target) then perform automate.protect(target); end if;
  execute format('revoke all on %s from automate_system, automate_app', target);
end $$;
revoke execute on function automate.close_partition from public;

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
      or exists (select from automate.gatherings, unnest(event_ids) as gathered where gathered >= first and gathered < beyond);
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
grant execute on function automate.month_id, automate.month_of to automate_system, automate_app;

do $$
declare
  tables constant oid[] := array['automate.step_runs', 'automate.events', 'automate.verdicts']::regclass[]::oid[];
  approvals text := pg_get_viewdef('automate.approvals'::regclass);
  until date;
  hanging text;
  history record;
  old text;
  spare text;
  options text;
  is_used boolean;
  index record;
  held record;
  given record;
begin
  perform automate.lock_history();
  select string_agg(what, ', ') into hanging from (
    select format('trigger %s', tgname) from pg_trigger where not tgisinternal and tgrelid = any(tables)
    union all
    select format('constraint %s', conname) from pg_constraint where contype = 'f' and (confrelid = any(tables) or conrelid = any(tables))
    union all
    select distinct format('view %s', ev_class::regclass) from pg_depend join pg_rewrite on pg_rewrite.oid = objid
    where classid = 'pg_rewrite'::regclass and refobjid = any(tables) and ev_class <> 'automate.approvals'::regclass
  ) as found(what);
  if hanging is not null then
    raise exception 'history cannot be partitioned while something of yours hangs on it: %', hanging
      using hint = 'Drop it, migrate, and make it again.';
  end if;
  select coalesce(max(to_date(right(conname, 7), 'YYYY_MM')), date_trunc('month', now() at time zone 'utc') + interval '1 month')
    into until from pg_constraint where connamespace = 'automate'::regnamespace and conname like 'is_before_%';
  drop view automate.approvals;
  for history in
    select * from (values ('step_runs', 'execution_id'), ('events', 'id'), ('verdicts', 'event_id')) as t(name, key)
  loop
    old := format('%s_before_%s', history.name, to_char(until, 'YYYY_MM'));
    spare := history.name || '_default';
    execute format('alter table automate.%I rename to %I', history.name, old);
    execute format('create table automate.%I (like automate.%I including all excluding indexes) partition by range (%I)', history.name, old, history.key);
    -- What it is called and how it is made, before the old one is called otherwise.
    for index in
      select i.relname as name, coalesce(pg_get_constraintdef(c.oid), '') as rule,
        replace(pg_get_indexdef(i.oid), format(' ON automate.%I ', old), format(' ON automate.%I ', history.name)) as text
      from pg_index join pg_class i on i.oid = indexrelid left join pg_constraint c on c.conindid = i.oid and c.contype in ('p', 'u')
      where indrelid = format('automate.%I', old)::regclass
    loop
      execute format('alter index automate.%I rename to %I', index.name, left('before_' || index.name, 63));
      if index.rule = '' then execute index.text;
      else execute format('alter table automate.%I add constraint %I %s', history.name, index.name, index.rule);
      end if;
    end loop;
    for held in
      select conname from pg_constraint where conrelid = format('automate.%I', history.name)::regclass and conname like 'is_before_%'
    loop
      execute format('alter table automate.%I drop constraint %I', history.name, held.conname);
    end loop;
    select array_to_string(reloptions, ', ') into options from pg_class where oid = format('automate.%I', old)::regclass;
    execute format('create table automate.%I (like automate.%I including all) %s', spare, history.name, 'with (' || options || ')');
    execute format('alter table automate.%I attach partition automate.%I default', history.name, spare);
    execute format('with moved as (delete from automate.%I where %I >= %L returning *) insert into automate.%I select * from moved',
      old, history.key, automate.month_id(until), spare);
    execute format('select exists (select from automate.%I)', old) into is_used;
    for given in
      select grantee::regrole as name, privilege_type as privilege, is_grantable
      from pg_class, aclexplode(relacl) where oid = format('automate.%I', old)::regclass and grantee not in (0, relowner)
    loop
      execute format('grant %s on automate.%I to %s%s', given.privilege, history.name, given.name,
        case when given.is_grantable then ' with grant option' else '' end);
    end loop;
    perform automate.protect(format('automate.%I', history.name)::regclass);
    perform automate.close_partition(format('automate.%I', spare)::regclass);
    if is_used then
      perform automate.close_partition(format('automate.%I', old)::regclass);
      execute format('alter table automate.%I attach partition automate.%I for values from (minvalue) to (%L)',
        history.name, old, automate.month_id(until));
      for held in
        select conname from pg_constraint where conrelid = format('automate.%I', old)::regclass and conname like 'is_before_%'
      loop
        execute format('alter table automate.%I drop constraint %I', old, held.conname);
      end loop;
    else
      execute format('drop table automate.%I', old);
    end if;
  end loop;
  execute 'create view automate.approvals with (security_invoker = true) as ' || approvals;
  grant select on automate.approvals to automate_system, automate_app;
end $$;

drop function automate.lock_history();
select automate.add_history_month(month) from automate.missing_history_months(3) as month group by month order by month;
