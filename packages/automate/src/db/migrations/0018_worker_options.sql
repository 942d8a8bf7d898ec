-- Workers that claim some lanes or kinds only, and jobs that workers do not survive.

-- How often in a row a worker ended while it had the job. From the third time on such jobs are claimed one at a time: whichever of
-- them ends its worker takes none of the others with it once more.
alter table automate.jobs add column crashes smallint not null default 0;
create index jobs_suspect on automate.jobs (id) where state = 'queued' and crashes >= 3;

-- Executions come in backlogs of any length; who claims other kinds only does not look through them.
create index jobs_ready_other on automate.jobs (lane, priority desc, id) where state = 'queued' and kind <> 'execution';

-- How often a job said how far it is: with the claims, it numbers what those see who follow the job.
alter table automate.jobs add column progress_count int not null default 0;
