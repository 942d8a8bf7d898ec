-- What lists look for. The columns change with an error alone, or not at all, so all other updates of these rows stay heap-only.
create index executions_error_code on automate.executions (tenant_id, (error ->> 'code'), id) where error is not null;

-- Decisions that were asked for, decided or not: by their execution.
create index step_runs_asked on automate.step_runs (tenant_id, execution_id) where node_type = 'core.approval';

-- Decisions that are over. Whoever decided is named as the tenant knows them.
create view automate.decided_approvals with (security_invoker = true) as
  select automate.approval_id(s.execution_id, s.node_path, s.iteration) as id, s.tenant_id, s.input ->> 'title' as title,
    e.workflow_id, s.execution_id, s.node_path as node, s.iteration, s.output ->> 'decision' as decision,
    s.output ->> 'comment' as comment, s.output ->> 'decided_by' as decided_by, m.name as decided_by_name,
    s.started_at as since, s.finished_at as decided_at
  from automate.step_runs s join automate.executions e on e.id = s.execution_id
    left join automate.members m on m.tenant_id = s.tenant_id and 'user:' || m.user_id = s.output ->> 'decided_by'
  where s.node_type = 'core.approval' and s.finished_at is not null and s.output ->> 'decision' in ('approved', 'rejected', 'timeout');
grant select on automate.decided_approvals to automate_system, automate_app;
