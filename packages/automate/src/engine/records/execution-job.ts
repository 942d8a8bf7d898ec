import type { NewJob } from '../../jobs/index.ts';

/** Kind of the jobs that run executions; such a job has the id of its execution. */
export const EXECUTION_KIND = 'execution';

/** The job of an execution. Workers may die often; only an execution that gets nowhere this many times is given up. */
export function executionJob({ id, tenantId, traceId }: { id: string; tenantId: string; traceId: string }, priority = 0): NewJob {
  return { id, tenantId, traceId, priority, kind: EXECUTION_KIND, isBulk: true, maxAttempts: 20 };
}
