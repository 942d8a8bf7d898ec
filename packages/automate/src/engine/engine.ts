import { backgroundOf, createDatabaseClock, type Db } from '../db/index.ts';
import type { Policies, Secrets } from '../governance/index.ts';
import {
  CANCEL_CHANNEL,
  CONTROL_CHANNEL,
  createJobs,
  createLiveUpdates,
  createSharedReads,
  createWorker,
  type JobHandler,
  type Jobs,
  WAKE_CHANNEL,
  type Worker,
  wakePayload,
} from '../jobs/index.ts';
import { errorMessage, type Logger, type Redactor, type Settings, type ThrottleStore } from '../kernel/index.ts';
import type { Outbound } from '../outbound/index.ts';
import type { ApprovalLinks } from './approvals/approval-link.ts';
import { createCounters, type EngineCounters } from './counters.ts';
import { createDispatchLoop, type DispatchHealth } from './dispatch/dispatch-loop.ts';
import { createDryRunner } from './dry-run/dry-run.ts';
import { eventDeliveryHandler } from './event-waits/event-delivery.ts';
import { createIngest, type EventIntake } from './events/ingest.ts';
import { requireOpenTypes } from './events/reserved.ts';
import { errorWorkflowHandler } from './executions/error-workflow.ts';
import { executionBatchHandler } from './executions/execution-batch.ts';
import { createExecutionControl } from './executions/execution-control.ts';
import { createExecutionHandler } from './executions/execution-handler.ts';
import { createExecutionReader } from './executions/execution-reader.ts';
import { createReplays } from './executions/replay.ts';
import type { Executions } from './executions/services.ts';
import { steeringHandler } from './executions/steering.ts';
import { versionsOf } from './executions/step.store.ts';
import { createWorkflowRuns } from './executions/workflow-runs.ts';
import { createEmittedEvents } from './hooks/emitted.ts';
import { findFailures } from './hooks/failures.store.ts';
import type { HookCaller } from './hooks/hooks.ts';
import { createHookTeller } from './hooks/tell.ts';
import { countActive } from './journal/active.store.ts';
import { createChildren } from './journal/children.ts';
import { cancelLocked } from './journal/control.store.ts';
import { createEmitter } from './journal/emitter.ts';
import { createJournal, type JournalEntry } from './journal/journal.ts';
import { createExecutionPolicy, type ExecutionPolicy } from './policy/execution-policy.ts';
import { createCodePool } from './steps/core-code/code-pool.ts';
import { createStepRegistry, type StepRegistry } from './steps/registry.ts';
import type { StepType } from './steps/step-type.ts';
import { createTriggerCache } from './triggers/trigger-cache.ts';
import { kindsOf, lanesOf } from './worker-options.ts';
import type { DryRunner } from './workflows/dry-runner.ts';
import type { WorkflowRuns } from './workflows/runs.ts';
import { createVersionCache } from './workflows/version-cache.ts';

/** Reads for followers at once: the others of the pool, or of the turns at the only session, are for requests and workers. */
const FOLLOWER_READS = { postgres: 4, pglite: 1 };

export interface EngineOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly outbound: Outbound;
  readonly redactFor: (tenantId: string) => Redactor;
  readonly secrets: Secrets;
  readonly policies: Policies;
  /** Counts events for limits. */
  readonly throttle: ThrottleStore;
  readonly approvalLinks: ApprovalLinks;
  readonly settings: Settings['worker'];
  readonly hooks: HookCaller;
  readonly hasCodeSteps: boolean;
  /** The host's own step types. */
  readonly steps?: readonly StepType[];
  /** Handlers of other features' jobs, run by the same worker. */
  readonly handlers?: readonly JobHandler[];
}

/** Events in, durable executions out. */
export interface Engine {
  readonly registry: StepRegistry;
  readonly events: EventIntake;
  readonly executions: Executions;
  readonly runs: WorkflowRuns;
  readonly jobs: Jobs;
  /** What tenants may run. */
  readonly policy: ExecutionPolicy;
  readonly counters: EngineCounters;
  /** Runs a graph with nothing stored and nothing sent. */
  readonly dryRun: DryRunner;
  /** Says that work was queued, to the worker here and to those of other processes. */
  announceWork(): void;
  /** Says that executions were told something, to whichever worker has them in hand. */
  announceTold(executionIds: readonly string[]): void;
  /** Starts dispatching events and running executions in this process. */
  startWorker(): Promise<void>;
  /** Undefined while no worker runs in this process. */
  isWorkerHealthy(): boolean | undefined;
  /** Whether events are dispatched and what steps say is stored; undefined while no worker runs in this process. */
  progress(): Promise<EngineProgress> | undefined;
  /** Lets what runs reach a safe point, gives back the rest. */
  stop(): Promise<void>;
}

/** Parts of the engine that have to get on. */
export interface EngineProgress {
  readonly dispatch: DispatchHealth;
  readonly journal: { readonly ok: boolean; readonly detail: string };
}

/** How long wake-ups of other processes are gathered. */
const ANNOUNCE_EVERY_MS = 10;

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { db, logger, settings } = options;
  const policies = createExecutionPolicy({ policies: options.policies, throttle: options.throttle, db, countActive });
  const background = backgroundOf(db);
  const clock = createDatabaseClock(db);
  const codePool = options.hasCodeSteps ? createCodePool() : undefined;
  const registry = createStepRegistry({ outbound: options.outbound, codePool, steps: options.steps ?? [] });
  const live = await createLiveUpdates({ db, logger, versionsOf: (ids) => versionsOf(db, ids) });
  const reads = createSharedReads({ concurrency: FOLLOWER_READS[db.driver] });
  const reader = createExecutionReader({ db, live, reads, redactFor: options.redactFor });
  const { counters, countReceipts, countDispatched, countStored } = createCounters(() => worker?.inHand() ?? 0);
  const teller = createHookTeller({
    hooks: options.hooks,
    clock,
    redactFor: options.redactFor,
    logger,
    async findFailures(executionIds) {
      const failures = await findFailures(db, executionIds);
      for (const tenantId of new Set(failures.map(({ about }) => about.tenantId))) await options.secrets.learn(tenantId);
      return failures;
    },
  });
  const emitted = createEmittedEvents({ db, logger, onCommitted: teller.received });
  const journal = createJournal({
    db: background,
    onStored: (ids, entries, told) => {
      live.publish(ids);
      countStored(entries);
      teller.stored(entries);
      for (const entry of entries) children.stored(entry.children ?? []);
      announceTold(told);
      tellEmitted(entries);
      if (entries.some(hasWork)) announceWork();
    },
  });
  const children = createChildren({ db: background, policies });
  const versions = createVersionCache({ db: background, registry });
  let worker: Worker | undefined;
  let announcing: NodeJS.Timeout | undefined;
  let reading: NodeJS.Timeout | undefined;
  const lanesToAnnounce = new Set<string>();

  const dispatch = createDispatchLoop({
    db: background,
    name: settings.name,
    logger,
    triggers: createTriggerCache(),
    maximumHops: (tenantId) => policies.maximumHops(tenantId),
    onDispatched: ({ count, lanes }) => {
      countDispatched(count);
      worker?.wake(lanes);
      announce(lanes);
    },
  });

  /** One notification for all that happened meanwhile, outside of anyone's transaction. */
  function announce(lanes: readonly string[] = []): void {
    if (db.driver === 'pglite') return; // there are no other processes
    for (const lane of lanes) lanesToAnnounce.add(lane);
    announcing ??= setTimeout(() => {
      announcing = undefined;
      const payload = wakePayload(settings.name, lanesToAnnounce);
      lanesToAnnounce.clear();
      db.notify(WAKE_CHANNEL, payload).catch((error: unknown) =>
        logger.debug({ reason: errorMessage(error) }, 'wake-up not sent; workers poll'),
      );
    }, ANNOUNCE_EVERY_MS);
  }

  function tellEmitted(entries: readonly JournalEntry[]): void {
    const events = entries.flatMap(({ emitted }) => emitted ?? []);
    if (events.length === 0) return;
    const receipts = events.map(({ id, traceId }) => ({ eventId: id, status: 'accepted', traceId }) as const);
    countReceipts(receipts);
    teller.received(receipts, events);
  }

  function announceTold(executionIds: readonly string[]): void {
    if (executionIds.length === 0) return;
    live.publish(executionIds);
    worker?.signal(executionIds);
    announceWork();
    if (db.driver === 'pglite') return;
    // A notification holds 8,000 bytes.
    const payload = executionIds.length > 200 ? '*' : executionIds.join(',');
    db.notify(CONTROL_CHANNEL, payload).catch((error: unknown) =>
      logger.debug({ reason: errorMessage(error) }, 'not told at once; the next heartbeat finds it'),
    );
  }

  function announceCancelled(jobIds: readonly string[]): void {
    worker?.cancel(jobIds);
    if (db.driver === 'pglite') return;
    db.notify(CANCEL_CHANNEL, jobIds.join(',')).catch((error: unknown) =>
      logger.debug({ reason: errorMessage(error) }, 'not told at once; the next heartbeat finds it'),
    );
  }

  function announceWork(): void {
    dispatch.wake();
    worker?.wake();
    announce();
  }

  async function readClock(): Promise<void> {
    await clock
      .read()
      .catch((error: unknown) => logger.debug({ reason: errorMessage(error) }, 'what time it is could not be asked'));
  }

  const ingest = createIngest({
    db,
    onStored: (receipts, events) => {
      countReceipts(receipts);
      teller.received(receipts, events);
      announceWork();
    },
  });
  const events: EventIntake = {
    accept(given) {
      requireOpenTypes(given.map(({ eventType }) => eventType));
      const pending = policies.requireEvents(given);
      return pending ? pending.then(() => ingest.accept(given)) : ingest.accept(given);
    },
    async emit(transaction, event) {
      requireOpenTypes([event.eventType]);
      const receipt = await ingest.emit(transaction, event);
      if (receipt.status === 'accepted' && options.hooks.has('event_received')) await emitted.watch(transaction, receipt, event);
      return receipt;
    },
  };
  const control = createExecutionControl({ db, registry, onTold: announceTold });
  const replays = createReplays({ db, registry, policies, onQueued: announceWork });
  const handlers = [
    createExecutionHandler({
      db: background,
      journal,
      versions,
      registry,
      clock,
      logger,
      control,
      secrets: options.secrets,
      policies,
      limits: settings.limits,
      linkOf: options.approvalLinks.urlOf,
      children,
      emitter: createEmitter(policies),
      listener: teller,
      onParked: (until) => worker?.wakeIn(until.getTime() - clock.now().getTime()),
      onTold: announceTold,
    }),
    errorWorkflowHandler({ db: background, policies, redactFor: options.redactFor, onStarted: announceWork }),
    steeringHandler({ db: background, control, onTold: announceTold }),
    eventDeliveryHandler({ db: background, onTold: announceTold, cancel: cancelLocked }),
    executionBatchHandler({ db: background, control, replays, onQueued: announceWork, onTold: announceTold }),
    ...(options.handlers ?? []),
  ];
  const jobs = createJobs({ db, live, reads, handlers, onQueued: announceWork, onCancelled: announceCancelled });
  return {
    registry,
    events,
    executions: { reader, control, replays },
    runs: createWorkflowRuns({ policies, control }),
    jobs,
    policy: policies,
    counters,
    dryRun: createDryRunner({
      db,
      registry,
      outbound: options.outbound,
      codePool,
      policies,
      limits: settings.limits,
      steps: options.steps ?? [],
      redactFor: options.redactFor,
    }),
    announceWork,
    announceTold,
    async startWorker() {
      const all = [...handlers, jobs.handler];
      worker = createWorker({
        db: background,
        logger,
        handlers: all,
        live,
        name: settings.name,
        concurrency: settings.concurrency,
        kinds: kindsOf(settings, all),
        lanes: await lanesOf(settings, db),
        leaseSeconds: settings.leaseSeconds,
        isAlone: db.driver === 'pglite',
      });
      await readClock();
      reading = setInterval(() => void readClock(), (settings.leaseSeconds * 1_000) / 3).unref();
      await worker.start();
      await dispatch.start();
    },
    isWorkerHealthy: () => worker?.isHealthy(),
    progress: () => worker && dispatch.health().then((health) => ({ dispatch: health, journal: journal.health() })),
    async stop() {
      await emitted.close();
      await dispatch.stop();
      await worker?.stop(settings.shutdownSeconds * 1_000);
      clearTimeout(announcing);
      clearInterval(reading);
      await codePool?.close();
      await live.close();
    },
  };
}

/** Whether others have something to do since this was stored. */
function hasWork({ children = [], jobs = [], eventWaits = [], emitted = [] }: JournalEntry): boolean {
  return children.length + jobs.length + eventWaits.length + emitted.length > 0;
}
