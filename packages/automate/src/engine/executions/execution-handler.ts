import type { Db, Queryable } from '../../db/index.ts';
import type { Secrets } from '../../governance/index.ts';
import { type ClaimedJob, clearNotified, type DeadJob, type JobContext, type JobHandler } from '../../jobs/index.ts';
import { type Clock, createBatcher, errorMessage, type Logger } from '../../kernel/index.ts';
import { createRateGate, rateOf } from '../flow/rate-gate.ts';
import type { Plan } from '../graph/plan.ts';
import { endExecution } from '../interpreter/end.ts';
import { interpret } from '../interpreter/interpret.ts';
import type { StepLimits } from '../interpreter/limits.ts';
import { cancelChildren, relativesOf } from '../journal/children.store.ts';
import type { Children } from '../journal/children.ts';
import { tenantsOf } from '../journal/control.store.ts';
import type { Emitter } from '../journal/emitter.ts';
import { enqueueErrorWorkflows } from '../journal/error-workflow-jobs.ts';
import { failDeadExecutions, loadExecutions, reopenExecutions } from '../journal/execution.store.ts';
import type { Journal } from '../journal/journal.ts';
import { storedBytes, toRecord } from '../journal/step-rows.store.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { LoadedExecution, Signal, StepRecord } from '../records/execution.ts';
import { EXECUTION_KIND } from '../records/execution-job.ts';
import { endingOf, openSignals } from '../signals/signal.store.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { StepEffects } from '../steps/step-effects.ts';
import type { RunnableVersion, VersionCache, VersionedWorkflow } from '../workflows/version-cache.ts';
import type { ExecutionControl } from './execution-control.ts';
import { loadHistory } from './history.ts';
import { versionsOf } from './step.store.ts';

/** Is called with what happens to executions while they are run. */
export interface ExecutionListener {
  /** A worker here has an execution from now on. Returns how to forget it. */
  follow(execution: LoadedExecution, workflow: VersionedWorkflow, isNew: boolean): () => void;
  /** A step is about to be tried the first time. */
  begun(record: StepRecord): void;
  /** Executions have failed since their jobs became dead letters. */
  givenUp(executionIds: readonly string[]): void;
}

export interface ExecutionHandlerOptions {
  readonly db: Db;
  readonly journal: Journal;
  readonly versions: VersionCache;
  readonly secrets: Secrets;
  readonly effects: StepEffects;
  readonly policies: ExecutionPolicy;
  readonly limits: StepLimits;
  readonly children: Children;
  readonly emitter: Emitter;
  readonly control: ExecutionControl;
  readonly registry: StepRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listener: ExecutionListener;
  /** The link that decides an approval of an execution. @param key node path and iteration of its step */
  linkOf(execution: { readonly id: string; readonly startedAt: Date }, key: string): string;
  /** Called with the time that an execution waits for. */
  onParked(until: Date): void;
  /** Called, after the commit, with executions that were sent the end of one they wait for. */
  notify(executionIds: readonly string[]): void;
}

interface Loaded {
  readonly execution: LoadedExecution | undefined;
  readonly steps: readonly StepRecord[];
  readonly storedBytes: number;
  readonly signals: readonly Signal[];
}

/** Runs executions: jobs that were claimed together are loaded together. */
export function createExecutionHandler(options: ExecutionHandlerOptions): JobHandler {
  const { db, journal, versions, secrets, effects, policies, limits, children, emitter, clock, listener, onParked } = options;
  const loopTypes = [...options.registry.values()].flatMap(({ type, bodyField }) => (bodyField === undefined ? [] : type));
  const gate = createRateGate({ db, onParked });
  const load = createBatcher<ClaimedJob, Loaded>({
    async flush(jobs) {
      const executions = await loadExecutions(db, jobs);
      // What an execution did or was sent before it was first claimed, it did nowhere and was sent by nobody.
      const resumed = jobs.flatMap(({ id, lease, isNotified }) => (lease.epoch > 1 || isNotified ? id : []));
      const [steps, bytes, signals] =
        resumed.length > 0
          ? await Promise.all([
              plansOf(resumed, executions).then((plans) => loadHistory(db, plans, loopTypes)),
              storedBytes(db, resumed),
              readSignals(db, resumed),
            ])
          : [];
      return jobs.map(({ id }) => ({
        execution: executions.get(id),
        steps: (steps?.get(id) ?? []).map(toRecord),
        storedBytes: bytes?.get(id) ?? 0,
        signals: signals?.get(id) ?? [],
      }));
    },
  });

  async function plansOf(
    ids: readonly string[],
    executions: ReadonlyMap<string, LoadedExecution>,
  ): Promise<Map<string, Plan | undefined>> {
    const found = ids.map(async (id) => {
      const execution = executions.get(id);
      // A version that cannot be compiled fails its own execution, when that is run.
      const version = execution && (await versions.get(execution.versionId).catch(() => undefined));
      return [id, version?.plan] as const;
    });
    return new Map(await Promise.all(found));
  }

  /** The execution as it starts or goes on; undefined when it has to wait for its place under a rate limit. */
  async function begin(job: ClaimedJob, execution: LoadedExecution): Promise<LoadedExecution | undefined> {
    if (!rateOf(job) || execution.ending) return execution;
    const startedAt = await gate.pass(job);
    return startedAt && { ...execution, startedAt };
  }

  async function go(
    job: ClaimedJob,
    context: JobContext,
    {
      execution,
      steps,
      storedBytes: bytes,
      signals,
      ...version
    }: Loaded & Pick<RunnableVersion, 'plan' | 'settings'> & { execution: LoadedExecution },
  ): Promise<void> {
    const linkOf = (key: string) => options.linkOf(execution, key);
    const common = {
      job,
      context,
      execution,
      ...version,
      stored: steps,
      journal,
      secrets,
      effects,
      policies,
      limits,
      clock,
      linkOf,
      onParked,
      onStep: listener.begun,
    };
    const history = async () => {
      const stored = await loadHistory(db, new Map([[job.id, version.plan]]), loopTypes);
      return (stored.get(job.id) ?? []).map(toRecord);
    };
    if (execution.ending) return endExecution({ ...common, ending: execution.ending });
    const news = async () => ({
      signals: (await readSignals(db, [job.id])).get(job.id) ?? [],
      ending: await endingOf(db, job.id),
    });
    return interpret({ ...common, storedBytes: bytes, signals, children, emitter, news, history });
  }

  return {
    kind: EXECUTION_KIND,
    isBulk: true,
    async run(job, context) {
      const { execution: found, ...loaded } = await load(job);
      if (!found) return { type: 'succeeded' }; // it has ended already
      const execution = await begin(job, found);
      if (!execution) return 'settled'; // later
      const { plan, settings, workflow } = await versions.get(execution.versionId);
      const forget = listener.follow(execution, workflow, job.lease.epoch === 1 || rateOf(job) !== undefined);
      try {
        await go(job, context, { execution, plan, settings, ...loaded });
      } finally {
        forget();
      }
      return 'settled';
    },
    async onDead(transaction: Queryable, jobs: readonly DeadJob[]) {
      const ids = jobs.map(({ id }) => id);
      await failDeadExecutions(transaction, jobs);
      await cancelChildren(transaction, ids);
      await enqueueErrorWorkflows(transaction, ids);
    },
    afterDead(jobIds) {
      listener.givenUp(jobIds);
      // Who is not notified now is with the next heartbeat.
      relativesOf(db, jobIds).then(options.notify, (error: unknown) =>
        options.logger.debug(
          { reason: errorMessage(error) },
          'parents and children of executions that were given up were not notified at once',
        ),
      );
    },
    async onRedrive(transaction, jobIds) {
      // They are queued by now.
      for (const tenantId of await tenantsOf(transaction, jobIds))
        await policies.requireRun(transaction, tenantId, { others: -jobIds.length });
      await reopenExecutions(transaction, jobIds);
    },
    cancel: (actor, jobId) => options.control.cancel(actor, jobId),
    versionsOf,
  };
}

/** The mark goes before the read: whatever is sent in between sets it again. */
function readSignals(db: Db, executionIds: readonly string[]): Promise<Map<string, Signal[]>> {
  return db.transaction(async (transaction) => {
    await clearNotified(transaction, executionIds);
    return openSignals(transaction, executionIds);
  });
}
