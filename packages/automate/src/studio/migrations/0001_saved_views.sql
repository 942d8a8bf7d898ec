-- What people look for again and again in a list, under a name of theirs.
create table automate.saved_views (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  -- `user:<id>` or `api_key:<id>`.
  owner text not null,
  -- Who sees it: the owner, or `all` of the tenant.
  audience text not null,
  -- The list that it is of.
  list text not null,
  name text not null,
  search jsonb not null,
  position int not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (audience in ('all', owner))
);
create index saved_views_audience on automate.saved_views (tenant_id, list, audience, position, id);
create index saved_views_owner on automate.saved_views (tenant_id, owner);
select automate.protect('automate.saved_views');
