-- Jobs that say why they failed: dead letters, and those that are tried again. Its columns change with an error alone, so claims and ends of all
-- other jobs stay heap-only updates.
create index jobs_error on automate.jobs (tenant_id, id) where error is not null;
create index jobs_error_code on automate.jobs (tenant_id, (error ->> 'code'), id) where error is not null;
