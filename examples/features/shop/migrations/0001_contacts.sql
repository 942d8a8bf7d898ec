create table contacts (
  id uuid primary key,
  tenant_id uuid not null,
  company text not null
);
select automate.protect('shop.contacts');
