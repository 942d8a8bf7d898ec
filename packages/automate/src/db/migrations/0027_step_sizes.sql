-- About how many bytes the input and the output of a step take as JSON: so an execution that is taken up again knows what it has stored.
alter table automate.step_runs add column if not exists bytes int not null default 0;

-- Ids of the steps whose outputs this one saw when it was first tried, as JSON, where its input has to be made again for each try since
-- it holds what is not stored, and where others might end in between.
alter table automate.step_runs add column if not exists seen text;
