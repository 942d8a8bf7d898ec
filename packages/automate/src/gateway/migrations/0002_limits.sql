-- Prices that a tenant has set: a new one is a new row, in force from a moment on.
create table gateway.prices (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  -- Vendor; empty: whoever serves the model.
  book text not null,
  model text not null,
  valid_from timestamptz(3) not null default now(),
  -- Dollars, to the billionth: for a million tokens of a class, and for one of the others. Null falls back to another class.
  input numeric check (input >= 0 and scale(input) <= 9),
  cache_read numeric check (cache_read >= 0 and scale(cache_read) <= 9),
  cache_write numeric check (cache_write >= 0 and scale(cache_write) <= 9),
  output numeric check (output >= 0 and scale(output) <= 9),
  reasoning numeric check (reasoning >= 0 and scale(reasoning) <= 9),
  request numeric check (request >= 0 and scale(request) <= 9),
  image numeric check (image >= 0 and scale(image) <= 9),
  second numeric check (second >= 0 and scale(second) <= 9),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, book, model, valid_from)
);
create index prices_latest on gateway.prices (tenant_id, valid_from desc);
select automate.protect('gateway.prices');

-- How much may be used of something in each period.
create table gateway.budgets (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  name text not null,
  scope text not null check (scope in ('tenant', 'endpoint', 'api_key')),
  -- Which endpoint or key.
  subject_id uuid check ((subject_id is null) = (scope = 'tenant')),
  period text not null check (period in ('minute', 'hour', 'day', 'week', 'month', 'total')),
  time_zone text not null default 'UTC',
  metric text not null check (metric in ('requests', 'tokens', 'usd')),
  -- Requests, tokens or dollars.
  amount numeric not null check (amount > 0 and amount <= 9000000000000),
  -- The same as whole units: requests, tokens or nano-dollars.
  units bigint generated always as ((case metric when 'usd' then amount * 1000000000 else amount end)::bigint) stored,
  -- Percent of the amount at which an event tells that it was reached.
  thresholds int[] not null default '{50,80,100}',
  -- Whether calls are refused when nothing is left; else it only tells.
  is_hard boolean not null default true,
  allow_unpriced boolean not null default false,
  is_enabled boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (metric <> 'usd' or amount <= 9000000)
);
create index budgets_of_tenant on gateway.budgets (tenant_id, id);
select automate.protect('gateway.budgets');

-- What was used of a budget in a period.
create table gateway.budget_periods (
  budget_id uuid not null references gateway.budgets (id) on delete cascade,
  starts_at timestamptz(3) not null,
  tenant_id uuid not null,
  ends_at timestamptz(3),
  spent bigint not null default 0,
  -- The largest threshold that was told of.
  reached int not null default 0,
  -- Counts how often what is held unused was called back, and when that was last.
  recall bigint not null default 0,
  recalled_at timestamptz(3),
  primary key (budget_id, starts_at)
) with (fillfactor = 50);
create index budget_periods_ended on gateway.budget_periods (ends_at);
select automate.protect('gateway.budget_periods');

-- What a process holds of a budget: what it may still give to calls, and what calls that run were given.
create table gateway.budget_holds (
  budget_id uuid not null,
  starts_at timestamptz(3) not null,
  holder text not null,
  tenant_id uuid not null,
  held bigint not null,
  -- What this process has used since it began; of it `spent` of the period was added up.
  spent bigint not null default 0,
  -- The last recall after which it held nothing unused.
  answered bigint not null default -1,
  primary key (budget_id, starts_at, holder),
  foreign key (budget_id, starts_at) references gateway.budget_periods on delete cascade
) with (fillfactor = 50);
select automate.protect('gateway.budget_holds');

-- Processes that hold something; what one held that has not been heard of for a while is free again.
create table gateway.limit_holders (
  name text primary key,
  expires_at timestamptz(3) not null
);
grant select, insert, update, delete on gateway.limit_holders to automate_system;

-- The period of a budget at a moment.
create function gateway.period_start(period text, time_zone text, at timestamptz) returns timestamptz language sql stable as $$
  select case period when 'total' then timestamptz '1970-01-01 00:00:00Z' else date_trunc(period, at, time_zone) end
$$;
create function gateway.period_end(period text, time_zone text, start timestamptz) returns timestamptz language sql stable as $$
  select case
    when period = 'total' then null
    when period in ('minute', 'hour') then start + ('1 ' || period)::interval
    else ((start at time zone time_zone) + ('1 ' || period)::interval) at time zone time_zone
  end
$$;

-- What living processes hold of a period, but for one of them.
create function gateway.held_by_others(budget uuid, start timestamptz, but_for text)
returns table (held bigint, answered bigint) language sql volatile as $$
  select coalesce(sum(hold.held), 0)::bigint, min(hold.answered) filter (where hold.held > 0)
  from gateway.budget_holds hold join gateway.limit_holders holder on holder.name = hold.holder
  where hold.budget_id = budget and hold.starts_at = start and hold.holder <> but_for and holder.expires_at > clock_timestamp()
$$;

-- One process tells what it has used and holds, gives back the rest, and asks for more: all of it in one step, each budget locked in one order.
-- What is told is absolute, so that to tell it twice changes nothing.
create function gateway.exchange_allowances(by_holder text, lives interval, told jsonb) returns table (
  place int, starts_ms bigint, ends_in_ms float8, granted bigint, remaining bigint, is_awaited boolean, is_scarce boolean, is_due boolean,
  own_spent bigint
) language plpgsql volatile as $$
declare
  item record;
  budget gateway.budgets%rowtype;
  current_period gateway.budget_periods%rowtype;
  moment timestamptz;
  start timestamptz;
  spent_before bigint;
  held_own bigint;
  others record;
begin
  insert into gateway.limit_holders as known (name, expires_at) values (by_holder, clock_timestamp() + lives)
  on conflict (name) do update set expires_at = excluded.expires_at;
  for item in
    select * from jsonb_to_recordset(told)
      as given (place int, budget uuid, started bigint, spent bigint, keep bigint, answers boolean, least bigint, needed bigint, spare bigint)
    order by given.budget, given.started nulls last
  loop
    place := item.place; granted := 0; remaining := 0; is_awaited := false; is_scarce := false; is_due := false; starts_ms := null; ends_in_ms := null; own_spent := 0;
    select * into budget from gateway.budgets b where b.id = item.budget;
    if not found then
      return next;
      continue;
    end if;
    if item.started is not null then
      start := to_timestamp(item.started / 1000.0);
      select * into current_period from gateway.budget_periods p where p.budget_id = budget.id and p.starts_at = start for update;
      if found then
        select h.spent into spent_before from gateway.budget_holds h
        where h.budget_id = budget.id and h.starts_at = start and h.holder = by_holder;
        insert into gateway.budget_holds as known (budget_id, starts_at, holder, tenant_id, held, spent, answered)
        values (budget.id, start, by_holder, budget.tenant_id, item.keep, item.spent, case when item.answers then current_period.recall else -1 end)
        on conflict on constraint budget_holds_pkey do update set held = excluded.held, spent = excluded.spent,
          answered = case when item.answers then excluded.answered else known.answered end;
        if item.spent <> coalesce(spent_before, 0) then
          update gateway.budget_periods p set spent = p.spent + item.spent - coalesce(spent_before, 0)
          where p.budget_id = budget.id and p.starts_at = start returning * into current_period;
        end if;
        is_due := exists (select from unnest(budget.thresholds) as threshold
          where threshold > current_period.reached and current_period.spent::numeric * 100 >= budget.units::numeric * threshold);
        starts_ms := item.started;
      end if;
    end if;
    if item.needed > 0 then
      moment := clock_timestamp();
      start := gateway.period_start(budget.period, budget.time_zone, moment);
      insert into gateway.budget_periods as known (budget_id, starts_at, tenant_id, ends_at)
      values (budget.id, start, budget.tenant_id, gateway.period_end(budget.period, budget.time_zone, start)) on conflict do nothing;
      select * into current_period from gateway.budget_periods p where p.budget_id = budget.id and p.starts_at = start for update;
      select coalesce(max(h.held), 0), coalesce(max(h.spent), 0) into held_own, own_spent from gateway.budget_holds h
      where h.budget_id = budget.id and h.starts_at = start and h.holder = by_holder;
      select * into others from gateway.held_by_others(budget.id, start, by_holder);
      remaining := greatest(0, budget.units - current_period.spent - held_own - others.held);
      is_scarce := coalesce(current_period.recalled_at > clock_timestamp() - interval '2 seconds', false);
      if not budget.is_hard then
        null;
      elsif remaining >= item.needed then
        -- The less is left, the less is taken beforehand.
        granted := item.needed + case when is_scarce then 0 else least(item.spare, (remaining - item.needed) / 16) end;
      elsif remaining >= item.least then
        granted := remaining;
      end if;
      if budget.is_hard and granted < item.needed and others.held > 0 then
        if not is_scarce then
          update gateway.budget_periods p set recall = p.recall + 1, recalled_at = clock_timestamp()
          where p.budget_id = budget.id and p.starts_at = start returning * into current_period;
        end if;
        is_scarce := true;
        is_awaited := others.answered < current_period.recall;
      end if;
      if granted > 0 then
        remaining := remaining - granted;
        insert into gateway.budget_holds as known (budget_id, starts_at, holder, tenant_id, held, answered)
        values (budget.id, start, by_holder, budget.tenant_id, granted, -1)
        on conflict on constraint budget_holds_pkey do update set held = known.held + excluded.held, answered = -1;
      end if;
      starts_ms := round(extract(epoch from start) * 1000);
      ends_in_ms := extract(epoch from current_period.ends_at - clock_timestamp())::float8 * 1000;
    end if;
    return next;
  end loop;
end $$;
