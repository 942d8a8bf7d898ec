import type { Queryable } from '../../db/index.ts';
import { enqueue, type NewJob } from '../../jobs/index.ts';
import type { LoadedExecution } from '../records/execution.ts';
import type { WorkflowSettings } from '../schemas.ts';
import { findErrorWorkflows } from './error-workflow.store.ts';

/** Kind of the jobs that start error workflows. */
export const ERROR_WORKFLOW = 'error_workflow';

/** What is left to do when an execution has failed: start the workflow that is there for it. */
export function errorWorkflowJobs(
  { id, tenantId, traceId, isErrorWorkflow }: Pick<LoadedExecution, 'id' | 'tenantId' | 'traceId' | 'isErrorWorkflow'>,
  { error_workflow: slug }: WorkflowSettings,
): NewJob[] {
  // The execution of an error workflow starts none when it fails itself.
  if (slug === undefined || isErrorWorkflow) return [];
  return [{ kind: ERROR_WORKFLOW, tenantId, traceId, payload: { execution_id: id, workflow: slug } }];
}

/** The same for executions that were given up, of which nothing is in memory. */
export async function enqueueErrorWorkflows(transaction: Queryable, executionIds: readonly string[]): Promise<void> {
  const failed = await findErrorWorkflows(transaction, executionIds);
  await enqueue(
    transaction,
    failed.flatMap(({ slug, ...execution }) => errorWorkflowJobs(execution, { error_workflow: slug })),
  );
}
