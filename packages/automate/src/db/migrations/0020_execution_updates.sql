-- Which of the changes of an execution its status is: steps and statuses are numbered together, so that whoever follows an execution
-- gets both in order and can go on behind either. 0: it has been queued since it was made.
alter table automate.executions add column status_seq int not null default 0;
