-- Answers that are given again to the same request, where the endpoint says so.
create table gateway.cached_answers (
  -- SHA-256 of endpoint, protocol and request.
  key bytea primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  endpoint_id uuid not null references gateway.endpoints (id) on delete cascade,
  -- As it went out.
  body text not null,
  usage jsonb not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null
);
create index cached_answers_expired on gateway.cached_answers (expires_at);
create index cached_answers_endpoint on gateway.cached_answers (endpoint_id);
select automate.protect('gateway.cached_answers');
