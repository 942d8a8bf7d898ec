-- The replays of an execution, which are few, without looking at all others.
create index executions_replays on automate.executions (replay_of, id) where replay_of is not null;
