-- What an owner asks of each member: whether a password alone lets them in, and when they were here last.

alter table automate.members
  -- Kept in step with the user.
  add column two_factor_enabled boolean not null default false,
  -- To the minute, when they last worked in this tenant.
  add column last_seen_at timestamptz(3);

update automate.members m set two_factor_enabled = u.two_factor_enabled from automate.users u where u.id = m.user_id;
