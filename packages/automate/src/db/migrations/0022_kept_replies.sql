-- How much the replies take that are kept for a tenant, so that there can be an end of it. Counted as they are stored, and anew with each sweep.
create table automate.kept_replies (
  tenant_id uuid primary key,
  bytes bigint not null
);
select automate.protect('automate.kept_replies');
