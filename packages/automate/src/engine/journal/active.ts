import type { Queryable } from '../../db/index.ts';
import { countActiveJobs } from '../../jobs/index.ts';
import { EXECUTION_KIND } from '../records/execution-job.ts';

/** Executions of a tenant that are queued or run, counted up to `enough`; those that wait for a time are not among them. */
export function countActive(db: Queryable, tenantId: string, enough: number): Promise<number> {
  return countActiveJobs(db, { tenantId, kind: EXECUTION_KIND, enough });
}
