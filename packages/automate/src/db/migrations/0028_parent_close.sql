alter table automate.executions
  -- It goes on when the execution that has started it ends; any other is cancelled then.
  add column outlives_parent boolean not null default false;
