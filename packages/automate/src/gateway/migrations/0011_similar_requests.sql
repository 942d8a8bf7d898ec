-- What requests mean whose answers are kept, where the endpoint says so.
create table gateway.similar_requests (
  key bytea primary key references gateway.cached_answers (key) on delete cascade,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  -- SHA-256 of endpoint, protocol and all of the request but its last words.
  rest bytea not null,
  -- Of the last words, as the model of embeddings says; numbers and not pgvector's type, so that the table stands where that is not installed.
  meaning real[] not null,
  created_at timestamptz(3) not null default now()
);
create index similar_requests_rest on gateway.similar_requests (rest, created_at desc);
select automate.protect('gateway.similar_requests');

-- pgvector compares them. An operator who installs it later says `create extension vector` once.
do $$
begin
  create extension if not exists vector with schema public;
exception when others then
  raise notice 'pgvector is not there: %', sqlerrm;
end $$;
