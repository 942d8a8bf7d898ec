import type { Db, Queryable } from '../../db/index.ts';
import { enqueue, type JobHandler, lockLeases, type NewJob, settle } from '../../jobs/index.ts';
import { newId, type Redactor } from '../../kernel/index.ts';
import type { WorkflowSettings } from '../schemas.ts';
import { findRunnable } from '../workflows/workflow.store.ts';
import { FAILURE_EVENT, findErrorWorkflows, findFailed, hopsOfExecution } from './execution.store.ts';
import type { LoadedExecution } from './execution.ts';
import { startExecutions } from './start.ts';

const KIND = 'error_workflow';

/** What is left to do when an execution has failed: start the workflow that is there for it. */
export function errorWorkflowJobs(
  { id, tenantId, traceId, isErrorWorkflow }: Pick<LoadedExecution, 'id' | 'tenantId' | 'traceId' | 'isErrorWorkflow'>,
  { error_workflow: slug }: WorkflowSettings,
): NewJob[] {
  // The execution of an error workflow starts none when it fails itself.
  if (slug === undefined || isErrorWorkflow) return [];
  return [{ kind: KIND, tenantId, traceId, payload: { execution_id: id, workflow: slug } }];
}

/** The same for executions that were given up, of which nothing is in memory. */
export async function enqueueErrorWorkflows(transaction: Queryable, executionIds: readonly string[]): Promise<void> {
  const failed = await findErrorWorkflows(transaction, executionIds);
  await enqueue(
    transaction,
    failed.flatMap(({ slug, ...execution }) => errorWorkflowJobs(execution, { error_workflow: slug })),
  );
}

/** Starts error workflows, each once: the start and the end of the job are one transaction. */
export function errorWorkflowHandler({
  db,
  redactFor,
  onStarted,
}: {
  db: Db;
  redactFor: (tenantId: string) => Redactor;
  onStarted(): void;
}): JobHandler {
  return {
    kind: KIND,
    async run(job, context) {
      const { execution_id: failedId, workflow: slug } = job.payload as { execution_id: string; workflow: string };
      await db.transaction(async (transaction) => {
        if ((await lockLeases(transaction, [job.lease])).size === 0) return;
        const failed = await findFailed(transaction, failedId);
        const target = failed && (await findRunnable(transaction, { tenantId: job.tenantId, slug }));
        if (failed && target) {
          const execution = {
            id: newId(),
            tenantId: job.tenantId,
            workflowId: target.workflow_id,
            workflowVersion: target.version,
            versionId: target.id,
            eventId: newId(),
            triggerId: null,
            traceId: job.traceId,
          };
          const hops = (await hopsOfExecution(transaction, failedId)) + 1;
          const payload = redactFor(job.tenantId)(failed);
          await startExecutions(transaction, [
            { ...execution, eventType: FAILURE_EVENT, source: 'automate', payload, hops, settings: target.settings },
          ]);
        } else context.logger.warn({ workflow: slug }, 'there is no such error workflow, or it is archived');
        await settle(transaction, [{ lease: job.lease, outcome: { type: 'succeeded' } }]);
      });
      onStarted();
      return 'settled';
    },
    onDead: async () => undefined,
  };
}
