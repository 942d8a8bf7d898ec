alter table automate.api_keys
  -- 'secret' calls the API; 'embed' is public in a web page, and only pages of its origins may use it.
  add column kind text not null default 'secret' check (kind in ('secret', 'embed')),
  add column origins text[] not null default '{}',
  -- Who made it, as audit entries name it; null for those of the installation.
  add column created_by text,
  -- The user behind it: the key can do no more than they can.
  add column user_id uuid,
  -- The key it was made with: revoked together with it.
  add column parent_id uuid references automate.api_keys (id) on delete set null,
  add column rotated_at timestamptz(3),
  -- The value before the last rotation, valid until then.
  add column previous_hash bytea unique,
  add column previous_expires_at timestamptz(3);
create index api_keys_parent on automate.api_keys (parent_id) where parent_id is not null;
