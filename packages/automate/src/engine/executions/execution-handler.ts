import type { Db, Queryable } from '../../db/index.ts';
import type { Policies, Secrets } from '../../governance/index.ts';
import { type ClaimedJob, type DeadJob, type JobHandler, noteLook } from '../../jobs/index.ts';
import { createBatcher } from '../../kernel/index.ts';
import type { ApprovalLinks } from '../approvals/approval-link.ts';
import { endingOf, openSignals } from '../signals/signal.store.ts';
import type { VersionCache } from '../workflows/version-cache.ts';
import type { Children } from './children.ts';
import { enqueueErrorWorkflows } from './error-workflow.ts';
import { beginExecutions, failDeadExecutions, stepsOf, toRecord } from './execution.store.ts';
import type { LoadedExecution, Signal, StepRecord } from './execution.ts';
import { EXECUTION_KIND } from './execution-job.ts';
import type { Journal } from './journal.ts';
import { endExecution } from './run/end.ts';
import { interpret } from './run/interpret.ts';

export interface ExecutionHandlerOptions {
  readonly db: Db;
  readonly journal: Journal;
  readonly versions: VersionCache;
  readonly secrets: Secrets;
  readonly policies: Policies;
  readonly approvalLinks: ApprovalLinks;
  readonly children: Children;
  onParked(until: Date): void;
  /** Told which executions were told of the end of one they wait for. */
  onTold(executionIds: readonly string[]): void;
}

interface Loaded {
  readonly execution: LoadedExecution | undefined;
  readonly steps: readonly StepRecord[];
  readonly signals: readonly Signal[];
}

/** Runs executions: jobs that were claimed together are loaded together. */
export function createExecutionHandler(options: ExecutionHandlerOptions): JobHandler {
  const { db, journal, versions, secrets, policies, approvalLinks, children, onParked } = options;
  const load = createBatcher<ClaimedJob, Loaded>({
    async flush(jobs) {
      const executions = await beginExecutions(
        db,
        jobs.map(({ id }) => id),
      );
      // What an execution did or was told before it was first claimed, it did nowhere and was told by nobody.
      const resumed = jobs.flatMap(({ id, lease, isSignalled }) => (lease.epoch > 1 || isSignalled ? id : []));
      const steps = resumed.length > 0 ? await stepsOf(db, resumed) : undefined;
      const signals = resumed.length > 0 ? await readSignals(db, resumed) : undefined;
      return jobs.map(({ id }) => ({
        execution: executions.get(id),
        steps: (steps?.get(id) ?? []).map(toRecord),
        signals: signals?.get(id) ?? [],
      }));
    },
  });

  return {
    kind: EXECUTION_KIND,
    async run(job, context) {
      const { execution, steps, signals } = await load(job);
      if (!execution) return { type: 'succeeded' }; // it has ended already
      const { plan, settings } = await versions.get(execution.versionId);
      const linkOf = (key: string) => approvalLinks.urlOf(execution, key);
      const common = { job, context, execution, plan, settings, stored: steps, journal, secrets, policies, linkOf, onParked };
      if (execution.ending) {
        await endExecution({ ...common, ending: execution.ending });
        return 'settled';
      }
      const news = async () => ({
        signals: (await readSignals(db, [job.id])).get(job.id) ?? [],
        ending: await endingOf(db, job.id),
      });
      await interpret({ ...common, signals, children, news });
      return 'settled';
    },
    async onDead(transaction: Queryable, jobs: readonly DeadJob[]) {
      options.onTold(await failDeadExecutions(transaction, jobs));
      await enqueueErrorWorkflows(
        transaction,
        jobs.map(({ id }) => id),
      );
    },
  };
}

/** The mark goes before the look: whatever is said in between sets it again. */
function readSignals(db: Db, executionIds: readonly string[]): Promise<Map<string, Signal[]>> {
  return db.transaction(async (transaction) => {
    await noteLook(transaction, executionIds);
    return openSignals(transaction, executionIds);
  });
}
