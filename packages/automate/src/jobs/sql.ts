import { sqlIn } from '../db/index.ts';
import { unfinishedStates } from './job.ts';

// Pieces of SQL for statements of features that have to stay one. The tables of jobs are named here and in their stores alone.

/**
 * A statement that notifies jobs: each looks at what it was sent, and one that waits is claimed at once. It may end a `with`, and returns
 * the ids of those that can still be notified.
 * @param ids SQL of an array of ids
 */
export function notifyJobsSql(ids: string): string {
  return `update automate.jobs set is_notified = true, run_at = case when state = 'scheduled' then least(run_at, now()) else run_at end,
    state = case when state = 'scheduled' then 'queued' else state end
  where id = any(${ids}) and state ${UNFINISHED} returning id`;
}

/** Whether a worker has a job. @param id SQL of its id, qualified */
export function isRunningJob(id: string): string {
  return `exists (select from automate.jobs where jobs.id = ${id} and jobs.state = 'running')`;
}

/** How far a job says it is, JSON; null when there is none. @param id SQL of its id, qualified */
export function progressOfJob(id: string): string {
  return `(select progress from automate.jobs where jobs.id = ${id})`;
}

/** Whether a job is still to be done, or is being done. @param id SQL of its id, qualified */
export function isUnfinishedJob(id: string): string {
  return `exists (select from automate.jobs where jobs.id = ${id} and jobs.state ${UNFINISHED})`;
}

/** The jobs of a tenant that have a slot or wait for one, as a table of `slot` and `job_id`. @param tenantId SQL of its id */
export function slotMembersSql(tenantId: string): string {
  return `(select slot, job_id from automate.job_slots where tenant_id = ${tenantId})`;
}

const UNFINISHED = sqlIn(unfinishedStates);
