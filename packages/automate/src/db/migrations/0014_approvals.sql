-- Names one decision that is asked for: the same whenever it is computed, so that nothing has to be stored for it.
create function automate.approval_id(execution uuid, node_path text, iteration int) returns uuid
  language sql immutable parallel safe as $$
  -- A UUID of version 8.
  select overlay(overlay(md5(execution::text || ' ' || node_path || ' ' || iteration::text) placing '8' from 13) placing '8' from 17)::uuid
$$;
grant execute on function automate.approval_id to automate_system, automate_app;

create index step_runs_approvals on automate.step_runs (automate.approval_id(execution_id, node_path, iteration))
  where node_type = 'core.approval';
-- What other steps wait for does not change their place in it, so that their updates stay cheap.
create index step_runs_undecided on automate.step_runs (tenant_id, started_at) where waits_for like 'approval:%';

-- Decisions that people have still to make. What is decided and not yet taken up is not shown any more.
create view automate.approvals with (security_invoker = true) as
  select automate.approval_id(s.execution_id, s.node_path, s.iteration) as id, s.tenant_id,
    s.input ->> 'title' as title, s.input ->> 'description' as description, s.input -> 'schema' as schema,
    e.workflow_id, s.execution_id, s.node_path as node, s.iteration, s.started_at as since, s.resume_at as expires_at
  from automate.step_runs s join automate.executions e on e.id = s.execution_id
  where s.waits_for like 'approval:%' and s.status = 'waiting' and e.finished_at is null and e.ending is null
    and (s.resume_at is null or s.resume_at > now())
    and not exists (
      select 1 from automate.signals g where g.execution_id = s.execution_id and g.taken_by is null and g.name = s.waits_for);
grant select on automate.approvals to automate_system, automate_app;
