create table projects (
  id uuid primary key,
  tenant_id uuid not null,
  name text not null,
  -- Ids of the principals that may work on it.
  member_ids text[] not null,
  created_at timestamptz(3) not null default now(),
  unique (tenant_id, name)
);
select automate.protect('projects');

create table notes (
  id uuid primary key,
  tenant_id uuid not null,
  project_id uuid not null references projects,
  title text not null,
  text text not null,
  status text not null check (status in ('draft', 'active', 'archived')),
  priority int not null,
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index notes_project on notes (tenant_id, project_id, id);
select automate.protect('notes');
