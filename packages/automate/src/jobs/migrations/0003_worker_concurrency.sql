-- How many jobs a worker takes at once; null: it is older than this column.
alter table automate.workers add column concurrency int;
