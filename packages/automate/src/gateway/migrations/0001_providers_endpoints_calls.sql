-- Vendors of models, and programs of this machine that answer as one.
create table gateway.providers (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  slug text not null,
  name text not null,
  kind text not null,
  config jsonb not null default '{}',
  -- Name of the secret that is its key.
  secret text,
  is_enabled boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, slug)
);
select automate.protect('gateway.providers');

-- Published capabilities: what a `model` of a request names.
create table gateway.endpoints (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  slug text not null,
  name text not null,
  description text not null default '',
  -- Other names it answers to.
  aliases text[] not null default '{}',
  -- What it may be asked to do.
  tasks text[] not null,
  -- Providers and models in the order they are tried.
  targets jsonb not null default '[]',
  -- The automation that answers in place of a provider.
  workflow_id uuid,
  params jsonb not null default '{}',
  access jsonb not null default '{}',
  limits jsonb not null default '{}',
  attempts jsonb not null default '{}',
  cache jsonb not null default '{}',
  guardrails jsonb not null default '[]',
  log jsonb not null default '{}',
  is_enabled boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, slug)
);
select automate.protect('gateway.endpoints');

-- Every call, as it went.
create table gateway.calls (
  id uuid primary key,
  tenant_id uuid not null references automate.tenants (id) on delete cascade,
  created_at timestamptz(3) not null default now(),
  task text not null,
  -- What the caller named.
  model text not null,
  endpoint_id uuid,
  endpoint text,
  -- Who answered in the end.
  provider_id uuid,
  provider text,
  provider_model text,
  protocol text not null,
  is_streamed boolean not null default false,
  is_cached boolean not null default false,
  -- `api_key:<id>`, `user:<id>`, `execution:<id>`.
  caller text not null,
  api_key_id uuid,
  execution_id uuid,
  trace_id text not null,
  prompt_id uuid,
  prompt_version int,
  status text not null,
  http_status int,
  error_code text,
  error_detail text,
  -- Who was asked, in turn, and what came of it.
  attempts jsonb not null default '[]',
  findings jsonb not null default '[]',
  input_tokens bigint not null default 0,
  cache_read_tokens bigint not null default 0,
  cache_write_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  reasoning_tokens bigint not null default 0,
  -- Billionths of a dollar; null where no price is known.
  cost_nanos bigint,
  latency_ms int not null,
  first_byte_ms int,
  request jsonb,
  response jsonb
);
create index calls_recent on gateway.calls (tenant_id, id desc);
create index calls_trace on gateway.calls (tenant_id, trace_id);
create index calls_endpoint on gateway.calls (tenant_id, endpoint_id, id desc);
create index calls_prompt on gateway.calls (tenant_id, prompt_id, created_at) where prompt_id is not null;
create index calls_failed on gateway.calls (tenant_id, id desc) where status <> 'succeeded';
select automate.protect('gateway.calls');
