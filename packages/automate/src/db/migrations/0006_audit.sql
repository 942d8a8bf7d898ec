-- What was done by whom. Rows are added and never changed; each is chained to the one before it of its tenant.
create table automate.audit_entries (
  tenant_id uuid not null,
  -- 1, 2, 3, … without a gap.
  seq bigint not null,
  id uuid not null unique,
  actor text not null,
  action text not null,
  target_type text not null,
  target_id text,
  -- Redacted before it gets here. Not jsonb, which would not give back the text that was hashed.
  diff json not null,
  trace_id text not null,
  address text,
  created_at timestamptz(3) not null,
  previous bytea not null,
  -- HMAC-SHA-256 over the row and `previous`.
  hash bytea not null,
  primary key (tenant_id, seq)
);
create index audit_entries_actor on automate.audit_entries (tenant_id, actor, seq);
create index audit_entries_target on automate.audit_entries (tenant_id, target_type, target_id, seq);
select automate.protect('automate.audit_entries');
revoke update, delete on automate.audit_entries from automate_system, automate_app;

-- The end of each tenant's chain, so that entries missing there are noticed too.
create table automate.audit_heads (
  tenant_id uuid primary key,
  seq bigint not null,
  hash bytea not null,
  -- HMAC-SHA-256 over tenant, seq and hash: what a row says of itself is not enough to make it the last one.
  seal bytea not null
);
select automate.protect('automate.audit_heads');
revoke delete on automate.audit_heads from automate_system, automate_app;
