-- Answers of the Responses API that clients go on from.
create table gateway.responses (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  created_at timestamptz(3) not null default now(),
  previous_id uuid,
  -- What went in and came out, as items.
  input jsonb not null,
  output jsonb not null,
  -- As the client got it.
  response jsonb not null,
  -- The events of a stream in their order; null where it was none, or too long.
  events jsonb
);
create index responses_age on gateway.responses (created_at);
select automate.protect('gateway.responses');
