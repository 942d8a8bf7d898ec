import { type Db, withSessions } from '../db/index.ts';
import type { JobHandler } from '../jobs/index.ts';
import { createCounters, type EngineCounters } from './counters.ts';
import { createDispatchLoop, type DispatchHealth, type DispatchLoop } from './dispatch/dispatch-loop.ts';
import { createDryRunner } from './dry-run/dry-run.ts';
import { createHandlers, type EngineKind } from './engine-jobs.ts';
import type { EngineOptions } from './engine-options.ts';
import type { EventIntake } from './events/ingest.ts';
import { createExecutionControl } from './executions/execution-control.ts';
import { createExecutionReader } from './executions/execution-reader.ts';
import { createReplays } from './executions/replay.ts';
import type { Executions } from './executions/services.ts';
import { createWorkflowRuns } from './executions/workflow-runs.ts';
import { createHookEvents } from './hooks/hook-events.ts';
import { createIntake } from './intake.ts';
import { countActive } from './journal/active.ts';
import { createExecutionPolicy, type ExecutionPolicy } from './policy/execution-policy.ts';
import { createRetention } from './retention/retention.ts';
import { createCodePool } from './steps/core-code/code-pool.ts';
import { createStepRegistry, type StepRegistry } from './steps/registry.ts';
import { createTriggerCache } from './triggers/trigger-cache.ts';
import { createTriggers, type Triggers } from './triggers/triggers.ts';
import type { DryRunner } from './workflows/dry-runner.ts';
import type { WorkflowRuns } from './workflows/runs.ts';

/** Events in, durable executions out. */
export interface Engine {
  readonly registry: StepRegistry;
  readonly events: EventIntake;
  readonly executions: Executions;
  readonly runs: WorkflowRuns;
  /** What tenants may run. */
  readonly policy: ExecutionPolicy;
  readonly counters: EngineCounters;
  /** What retention has deleted here, by kind. */
  readonly deleted: ReadonlyMap<string, number>;
  /** What runs the engine's kinds of jobs. */
  readonly handlers: Readonly<Record<EngineKind, JobHandler>>;
  /** Runs a graph with nothing stored and nothing sent. */
  readonly dryRun: DryRunner;
  /** For features with trigger types of their own. */
  readonly triggers: Triggers;
  /** After a commit: events were stored or work was queued. */
  announce(): void;
  /** Starts dispatching events, and deleting what is past its time, in this process. */
  start(): void;
  /** Whether events are dispatched and what steps report is stored; undefined while nothing is dispatched in this process. */
  progress(): Promise<EngineProgress> | undefined;
  /** Dispatches nothing more; executions go on as long as jobs do. */
  stop(): Promise<void>;
  /** Ends what executions have needed, once no job runs. */
  close(): Promise<void>;
}

/** Parts of the engine that have to get on. */
export interface EngineProgress {
  readonly dispatch: DispatchHealth;
  readonly journal: { readonly ok: boolean; readonly detail: string };
}

export function createEngine(options: EngineOptions): Engine {
  const { jobs, redactFor, outbound, steps, settings } = options;
  const db = withSessions(options.db, { byIndex: true });
  const policy = createExecutionPolicy({ ...options, db, countActive });
  const codePool = settings.codeSteps ? createCodePool() : undefined;
  const registry = createStepRegistry({ outbound, codePool, steps });
  const { countReceipts: onReceipts, countDispatched, ...counting } = createCounters();
  const hookEvents = createHookEvents({ ...options, db, clock: jobs.clock });
  const dispatch = createDispatch(options, policy, countDispatched);
  const announce = (): void => {
    dispatch.wake();
    jobs.announce();
  };
  const intake = createIntake({ ...options, db, policy, hookEvents, onReceipts, announce });
  const executions = createExecutions(options, { db, policy, registry });
  const { journal, handlers } = createHandlers({ options, policy, registry, executions, hookEvents, intake, counting, announce });
  const { retentionSweepSeconds: sweepSeconds, retentionGraceDays: graceDays } = settings;
  const retention = createRetention({ ...options, policies: policy, name: options.processName, sweepSeconds, graceDays });
  let isStarted = false;
  return {
    registry,
    events: intake,
    executions,
    runs: createWorkflowRuns({ policies: policy, control: executions.control }),
    policy,
    counters: counting.counters,
    deleted: retention.deleted,
    handlers,
    dryRun: createDryRunner({ db, registry, policies: policy, limits: settings, redactFor }),
    triggers: createTriggers({ db, intake, redactFor }),
    announce,
    start() {
      isStarted = true;
      dispatch.start();
      retention.start();
    },
    progress: () =>
      isStarted ? dispatch.health().then((health) => ({ dispatch: health, journal: journal.health() })) : undefined,
    async stop() {
      await retention.stop();
      await intake.close();
      await dispatch.stop();
    },
    close: async () => codePool?.close(),
  };
}

function createDispatch(
  { db, jobs, logger }: EngineOptions,
  { maximumHops }: ExecutionPolicy,
  countDispatched: (count: number) => void,
): DispatchLoop {
  return createDispatchLoop({
    db: withSessions(db, { byIndex: true, isBackground: true }),
    logger,
    triggers: createTriggerCache(),
    maximumHops,
    onAnnounced: jobs.onAnnounced,
    onDispatched({ count, lanes }) {
      countDispatched(count);
      jobs.announce(lanes);
    },
  });
}

function createExecutions(
  { jobs, redactFor }: EngineOptions,
  { db, policy: policies, registry }: { db: Db; policy: ExecutionPolicy; registry: StepRegistry },
): Executions {
  return {
    reader: createExecutionReader({ db, live: jobs.live, reads: jobs.reads, redactFor }),
    control: createExecutionControl({ db, registry, notify: jobs.notify }),
    replays: createReplays({ db, registry, policies, onQueued: () => jobs.announce() }),
  };
}
