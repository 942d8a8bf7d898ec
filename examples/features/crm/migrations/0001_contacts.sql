create table contacts (
  id uuid primary key,
  tenant_id uuid not null,
  name text not null,
  email text not null,
  created_at timestamptz(3) not null default now(),
  unique (tenant_id, email)
);
select automate.protect('crm.contacts');
