create table authors (
  id uuid primary key,
  tenant_id uuid not null,
  name text not null,
  unique (tenant_id, name)
);
select automate.protect('authors');

create table books (
  id uuid primary key,
  tenant_id uuid not null,
  title text not null,
  author_id uuid not null references authors,
  state text not null,
  in_print boolean not null,
  created_at timestamptz(3) not null default now()
);
select automate.protect('books');
