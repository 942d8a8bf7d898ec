-- Starts under a rate limit that still count: each holds its place until the period after it is over. Those of a moment stand together.
create table automate.rate_starts (
  name text not null,
  moment bigint not null,
  tenant_id uuid not null,
  count int not null,
  last_at timestamptz(3) not null,
  primary key (name, moment)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
select automate.protect('automate.rate_starts');

-- next_at is when the next of those that wait may start; forget_at when nothing of the limit counts any more.
alter table automate.start_rates add column forget_at timestamptz(3) not null default now() + interval '1 day';
create index start_rates_forget on automate.start_rates (forget_at);
