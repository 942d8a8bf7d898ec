-- Since when what is added to an account may be somebody else's than that of the owner of its address; null while it is proven.
alter table automate.users add column unproven_since timestamptz(3) default 'epoch';

-- Until now every account counted as proven, whoever had seen its link. The operator vouches for the first owner alone; the others
-- are proven by their next sign-in with a provider, or by a link that is mailed.
update automate.users u set email_verified = exists (
  select from automate.audit_entries e where e.action = 'user.create' and e.actor = 'system' and e.target_id = u.id::text
);
update automate.users set unproven_since = null where email_verified;
alter table automate.users add constraint users_proof check (email_verified = (unproven_since is null));

alter table automate.two_factors add column created_at timestamptz(3) not null default now();

-- The address that a link was sent to and that nobody else has seen it; null for one that was shown.
alter table automate.one_time_tokens add column mailed_to text;
alter table automate.invitations add column is_mailed boolean not null default false;

-- Whether a session goes on, and it does until the transaction ends. Requests on behalf of a tenant see no sessions, and may know this
-- much of one whose token's hash they have: what is made with a session must not outlive its end by being made at the same moment.
create function automate.hold_session(stored_token text) returns boolean language plpgsql security definer
  set search_path = automate, pg_temp
  as $$
begin
  perform from sessions where token = stored_token and expires_at > now() for key share;
  return found;
end $$;
revoke all on function automate.hold_session(text) from public;
grant execute on function automate.hold_session(text) to automate_app, automate_system;
