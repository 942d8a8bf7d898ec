import type { Db, Queryable } from '../../db/index.ts';
import type { Secrets } from '../../governance/index.ts';
import type { ClaimedJob, DeadJob, JobContext, JobHandler } from '../../jobs/index.ts';
import { type Clock, errorMessage, type Logger } from '../../kernel/index.ts';
import { createRateGate, type RateGate, rateOf } from '../flow/rate-gate.ts';
import { endExecution } from '../interpreter/end.ts';
import { interpret } from '../interpreter/interpret.ts';
import type { StepLimits } from '../interpreter/limits.ts';
import { cancelChildren, relativesOf } from '../journal/children.store.ts';
import type { Children } from '../journal/children.ts';
import { tenantsOf } from '../journal/control.store.ts';
import type { Emitter } from '../journal/emitter.ts';
import { enqueueErrorWorkflows } from '../journal/error-workflow-jobs.ts';
import { failDeadExecutions, reopenExecutions } from '../journal/execution.store.ts';
import type { Journal } from '../journal/journal.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { LoadedExecution, StepRecord } from '../records/execution.ts';
import { EXECUTION_KIND } from '../records/execution-job.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { StepEffects } from '../steps/step-effects.ts';
import type { RunnableVersion, VersionCache, VersionedWorkflow } from '../workflows/version-cache.ts';
import type { ExecutionControl } from './execution-control.ts';
import { ExecutionLoader, type Loaded } from './execution-loader.ts';
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

/** Runs executions. */
export function createExecutionHandler(options: ExecutionHandlerOptions): JobHandler {
  const { db, versions, listener, onParked } = options;
  const loader = new ExecutionLoader(options);
  const gate = createRateGate({ db, onParked });
  return {
    kind: EXECUTION_KIND,
    isBulk: true,
    async run(job, context) {
      const { execution: found, ...loaded } = await loader.load(job);
      if (!found) return { type: 'succeeded' }; // it has ended already
      const execution = await startedBy(gate, job, found);
      if (!execution) return 'settled'; // later
      const { plan, settings, workflow } = await versions.get(execution.versionId);
      const forget = listener.follow(execution, workflow, job.lease.epoch === 1 || rateOf(job) !== undefined);
      try {
        await goOn(options, loader, { job, context, execution, plan, settings, ...loaded });
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
        await options.policies.requireRun(transaction, tenantId, { others: -jobIds.length });
      await reopenExecutions(transaction, jobIds);
    },
    cancel: (actor, jobId) => options.control.cancel(actor, jobId),
    cancelWithin: (transaction, jobId) => options.control.cancelWithin(transaction, jobId),
    versionsOf,
  };
}

/** The execution as it starts or goes on; undefined when it has to wait for its place under a rate limit. */
async function startedBy(gate: RateGate, job: ClaimedJob, execution: LoadedExecution): Promise<LoadedExecution | undefined> {
  if (!rateOf(job) || execution.ending) return execution;
  const startedAt = await gate.pass(job);
  return startedAt && { ...execution, startedAt };
}

interface Claimed extends Omit<Loaded, 'execution'>, Pick<RunnableVersion, 'plan' | 'settings'> {
  readonly job: ClaimedJob;
  readonly context: JobContext;
  readonly execution: LoadedExecution;
}

/** Interprets it, or ends it when it was decided that it ends. */
function goOn(options: ExecutionHandlerOptions, loader: ExecutionLoader, { steps, signals, ...claimed }: Claimed): Promise<void> {
  const { journal, secrets, effects, policies, limits, clock, onParked, listener, children, emitter } = options;
  const { job, execution, plan } = claimed;
  const common = {
    ...claimed,
    stored: steps,
    journal,
    secrets,
    effects,
    policies,
    limits,
    clock,
    linkOf: (key: string) => options.linkOf(execution, key),
    onParked,
    onStep: listener.begun,
  };
  if (execution.ending) return endExecution({ ...common, ending: execution.ending });
  const news = () => loader.news(job.id);
  const history = () => loader.history(job.id, plan);
  return interpret({ ...common, signals, children, emitter, news, history });
}
