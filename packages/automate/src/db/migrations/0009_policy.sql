-- What a tenant may do: the operator's ceiling and the tenant's own rules; the stricter of the two holds.
create table automate.policies (
  tenant_id uuid primary key references automate.tenants (id) on delete cascade,
  operator jsonb not null default '{}',
  tenant jsonb not null default '{}',
  version int not null default 1,
  updated_at timestamptz(3) not null default now()
);
select automate.protect('automate.policies');
-- A request of a tenant reads its policy; what changes one checks who asks first, and works as the system.
revoke insert, update, delete on automate.policies from automate_app;

-- Sweeps that one process does at a time, and when they are due again.
create table automate.sweeps (
  name text primary key,
  holder text,
  held_until timestamptz(3),
  due_at timestamptz(3) not null default now()
);
grant select, insert, update, delete on automate.sweeps to automate_system;

-- Whether an event still has executions is asked before it is deleted.
create index executions_event on automate.executions (event_id);
