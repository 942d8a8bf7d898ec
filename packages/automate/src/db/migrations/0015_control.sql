alter table automate.jobs
  -- How far it is, as its handler last said.
  add column progress jsonb,
  -- Somebody asked a running job to end; an execution has its own way.
  add column is_cancelled boolean not null default false;
