import type { Db } from '../../db/index.ts';
import { type ClaimedJob, type JobHandler, lockLeases, settle } from '../../jobs/index.ts';
import { AppError, newId, type Redactor } from '../../kernel/index.ts';
import { engineErrors } from '../errors.ts';
import { MAXIMUM_DEPTH } from '../journal/depth.ts';
import { FAILURE_EVENT, findFailed, hopsOfExecution } from '../journal/error-workflow.store.ts';
import { ERROR_WORKFLOW } from '../journal/error-workflow-jobs.ts';
import { prepareStart, requireUnskipped, type StartedExecution, startExecutions } from '../journal/start.ts';
import { claimDescendants } from '../journal/tree.store.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import { findRunnable } from '../workflows/workflow.store.ts';

export interface ErrorWorkflowOptions {
  readonly db: Db;
  readonly policies: ExecutionPolicy;
  readonly redactFor: (tenantId: string) => Redactor;
  onStarted(): void;
}

/** Starts error workflows, each once: the start and the end of the job are one transaction. What cannot be started is a dead letter. */
export function errorWorkflowHandler(options: ErrorWorkflowOptions): JobHandler {
  return {
    kind: ERROR_WORKFLOW,
    async run(job) {
      try {
        await start(options, job, await prepare(options, job));
        return 'settled';
      } catch (error) {
        // Too many at this moment, or no database: that passes.
        if (!AppError.is(error) || error.status === 429 || error.status >= 500) throw error;
        return { type: 'failed', error: { code: error.code, message: error.message } };
      }
    },
  };
}

async function prepare({ db, policies, redactFor }: ErrorWorkflowOptions, job: ClaimedJob): Promise<StartedExecution> {
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

async function start(
  { db, policies, onStarted }: ErrorWorkflowOptions,
  job: ClaimedJob,
  started: StartedExecution,
): Promise<void> {
  await db.transaction(async (transaction) => {
    if ((await lockLeases(transaction, [job.lease])).size === 0) return;
    await policies.requireRun(transaction, job.tenantId);
    await requireUnskipped(transaction, started);
    await startExecutions(transaction, [started]);
    await settle(transaction, [{ lease: job.lease, outcome: { type: 'succeeded' } }]);
  });
  onStarted();
}
