import type { Db } from '../../db/index.ts';
import type { Policies, Secrets } from '../../governance/index.ts';
import type { JobHandler, NewJob } from '../../jobs/index.ts';
import { createBatcher } from '../../kernel/index.ts';
import type { VersionCache } from '../workflows/version-cache.ts';
import { failDeadExecutions, startExecutions, stepsOf, toRecord } from './execution.store.ts';
import type { LoadedExecution, StepRecord } from './execution.ts';
import { interpret } from './interpreter.ts';
import type { Journal } from './journal.ts';

/** Kind of the jobs that run executions; such a job has the id of its execution. */
export const EXECUTION_KIND = 'execution';

/** The job of an execution. Workers may die often; only an execution that gets nowhere this many times is given up. */
export function executionJob(execution: { id: string; tenantId: string; traceId: string }, priority = 0): NewJob {
  const { id, tenantId, traceId } = execution;
  return { id, tenantId, traceId, priority, kind: EXECUTION_KIND, maxAttempts: 20 };
}

export interface ExecutionHandlerOptions {
  readonly db: Db;
  readonly journal: Journal;
  readonly versions: VersionCache;
  readonly secrets: Secrets;
  readonly policies: Policies;
  onParked(until: Date): void;
}

interface Loaded {
  readonly execution: LoadedExecution | undefined;
  readonly steps: readonly StepRecord[];
}

/** Runs executions: jobs that were claimed together are loaded together. */
export function createExecutionHandler({
  db,
  journal,
  versions,
  secrets,
  policies,
  onParked,
}: ExecutionHandlerOptions): JobHandler {
  const load = createBatcher<{ id: string; isFirstClaim: boolean }, Loaded>({
    async flush(items) {
      const executions = await startExecutions(
        db,
        items.map(({ id }) => id),
      );
      const resumed = items.filter(({ isFirstClaim }) => !isFirstClaim).map(({ id }) => id);
      const steps = resumed.length > 0 ? await stepsOf(db, resumed) : undefined;
      return items.map(({ id }) => ({ execution: executions.get(id), steps: (steps?.get(id) ?? []).map(toRecord) }));
    },
  });

  return {
    kind: EXECUTION_KIND,
    async run(job, context) {
      const { execution, steps } = await load({ id: job.id, isFirstClaim: job.lease.epoch === 1 });
      if (!execution) return { type: 'succeeded' }; // it has ended already
      const plan = await versions.get(execution.versionId);
      await interpret({ job, context, execution, plan, stored: steps, journal, secrets, policies, onParked });
      return 'settled';
    },
    onDead: failDeadExecutions,
  };
}
