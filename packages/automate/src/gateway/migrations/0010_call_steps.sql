-- The step of an execution that asked, by its path.
alter table gateway.calls add column step text;
