import type { Db, Queryable } from '../../db/index.ts';
import type { Policies } from '../../governance/index.ts';
import { type ClaimedJob, enqueue, type JobHandler, lockLeases, type NewJob, settle } from '../../jobs/index.ts';
import { AppError, newId, type Redactor } from '../../kernel/index.ts';
import { engineErrors } from '../errors.ts';
import { countActive } from '../journal/active.store.ts';
import { MAXIMUM_DEPTH } from '../journal/depth.ts';
import { FAILURE_EVENT, findErrorWorkflows, findFailed, hopsOfExecution } from '../journal/error-workflow.store.ts';
import { prepareStart, requireUnskipped, type StartedExecution, startExecutions } from '../journal/start.ts';
import { claimDescendants } from '../journal/tree.store.ts';
import type { LoadedExecution } from '../records/execution.ts';
import type { WorkflowSettings } from '../schemas.ts';
import { findRunnable } from '../workflows/workflow.store.ts';

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

/** Starts error workflows, each once: the start and the end of the job are one transaction. What cannot be started is a dead letter. */
export function errorWorkflowHandler({
  db,
  policies,
  redactFor,
  onStarted,
}: {
  db: Db;
  policies: Policies;
  redactFor: (tenantId: string) => Redactor;
  onStarted(): void;
}): JobHandler {
  async function prepare(job: ClaimedJob): Promise<StartedExecution> {
    const { tenantId, traceId } = job;
    const { execution_id: failedId, workflow: slug } = job.payload as { execution_id: string; workflow: string };
    const found = await findFailed(db, failedId);
    if (!found) throw engineErrors.execution_not_found('The execution that failed was deleted.');
    const target = await findRunnable(db, { tenantId, slug });
    if (!target) throw engineErrors.workflow_not_found(`There is no workflow "${slug}", or it is archived.`);
    // It is a descendant of what failed: error workflows that lead to each other come to an end as others do.
    if (found.depth >= MAXIMUM_DEPTH) throw engineErrors.too_deep(`Executions may stand ${MAXIMUM_DEPTH} deep.`);
    const started = prepareStart({
      id: newId(),
      tenantId,
      workflowId: target.workflow_id,
      workflowVersion: target.version,
      versionId: target.id,
      eventId: newId(),
      triggerId: null,
      traceId,
      depth: found.depth + 1,
      rootId: found.root_id,
      hops: (await hopsOfExecution(db, failedId)) + 1,
      eventType: FAILURE_EVENT,
      source: 'automate',
      payload: redactFor(tenantId)(found.failed),
      settings: target.settings,
    });
    const claim = { tenantId, rootId: found.root_id, ceiling: await policies.maximumDescendants(tenantId) };
    const [isWithin] = await claimDescendants(db, [claim]);
    if (!isWithin) await policies.refuseDescendant(tenantId);
    return started;
  }

  async function start(job: ClaimedJob, started: StartedExecution): Promise<void> {
    await db.transaction(async (transaction) => {
      if ((await lockLeases(transaction, [job.lease])).size === 0) return;
      await policies.requireRun(transaction, job.tenantId, { countActive });
      await requireUnskipped(transaction, started);
      await startExecutions(transaction, [started]);
      await settle(transaction, [{ lease: job.lease, outcome: { type: 'succeeded' } }]);
    });
    onStarted();
  }

  return {
    kind: KIND,
    async run(job) {
      try {
        await start(job, await prepare(job));
        return 'settled';
      } catch (error) {
        // Too many at this moment, or no database: that passes.
        if (!AppError.is(error) || error.status === 429 || error.status >= 500) throw error;
        return { type: 'failed', error: { code: error.code, message: error.message } };
      }
    },
    onDead: async () => undefined,
  };
}
