import { withSessions } from '../db/index.ts';
import type { JobHandler } from '../jobs/index.ts';
import type { createCounters } from './counters.ts';
import type { EngineOptions } from './engine-options.ts';
import { eventDeliveryHandler } from './event-waits/event-delivery.ts';
import { concurrencyHandler } from './executions/concurrency-handler.ts';
import { errorWorkflowHandler } from './executions/error-workflow.ts';
import { executionBatchHandler } from './executions/execution-batch.ts';
import { createExecutionHandler } from './executions/execution-handler.ts';
import type { Executions } from './executions/services.ts';
import type { HookEvents } from './hooks/hook-events.ts';
import type { Intake } from './intake.ts';
import { type Children, createChildren } from './journal/children.ts';
import { cancelLocked } from './journal/control.store.ts';
import { createEmitter } from './journal/emitter.ts';
import { createJournal, type JournalEntry, type JournalOptions, type StoredJournal } from './journal/journal.ts';
import type { ExecutionPolicy } from './policy/execution-policy.ts';
import type { StepRegistry } from './steps/registry.ts';
import { realEffects } from './steps/step-effects.ts';
import { subscriptionHandler } from './triggers/subscription-handler.ts';
import { TRIGGER_SUBSCRIPTIONS } from './triggers/subscription-jobs.ts';
import { createVersionCache } from './workflows/version-cache.ts';

/** Tables that every event or execution changes. */
const HOT_TABLES = ['outbox', 'executions', 'gatherings', 'gathered_events', 'rate_starts', 'start_rates'];

export interface EngineParts {
  readonly options: EngineOptions;
  readonly policy: ExecutionPolicy;
  readonly registry: StepRegistry;
  readonly executions: Executions;
  readonly hookEvents: HookEvents;
  readonly intake: Pick<Intake, 'sent'>;
  readonly counting: Pick<ReturnType<typeof createCounters>, 'countStored'>;
  /** After a commit: events were stored or work was queued. */
  announce(): void;
}

/** The kinds of jobs that the engine runs. */
export const engineKinds = [
  'execution',
  'error_workflow',
  'execution_concurrency',
  'event_delivery',
  'execution_batch',
  TRIGGER_SUBSCRIPTIONS,
] as const;
export type EngineKind = (typeof engineKinds)[number];

/** What runs the engine's kinds of jobs, and where executions store what they do. */
export function createHandlers(parts: EngineParts): {
  readonly journal: StoredJournal;
  readonly handlers: Readonly<Record<EngineKind, JobHandler>>;
} {
  const { options, policy: policies, registry, executions, hookEvents } = parts;
  const { jobs, redactFor, logger, settings: limits } = options;
  const { control, replays } = executions;
  const { notify } = jobs;
  const db = withSessions(options.db, { byIndex: true, isBackground: true });
  const children = createChildren({ db, policies });
  const journal = createJournal({ db, onStored: onStored(parts, children) });
  const execution = createExecutionHandler({
    db,
    journal,
    versions: createVersionCache({ db, registry }),
    registry,
    clock: jobs.clock,
    logger,
    control,
    secrets: options.secrets,
    effects: realEffects(options.outbound),
    policies,
    limits,
    linkOf: options.approvalLinks.urlOf,
    children,
    emitter: createEmitter(policies),
    listener: hookEvents,
    onParked: jobs.dueAt,
    notify,
  });
  jobs.hotTables(...HOT_TABLES);
  return {
    journal,
    handlers: {
      execution: execution as JobHandler,
      error_workflow: errorWorkflowHandler({ db, policies, redactFor, onStarted: () => jobs.announce() }),
      execution_concurrency: concurrencyHandler({ db, control, notify }),
      event_delivery: eventDeliveryHandler({ db, notify, cancel: cancelLocked }),
      trigger_subscriptions: subscriptionHandler({ db, types: options.triggerTypes }),
      execution_batch: executionBatchHandler({ db, control, replays, onQueued: () => jobs.announce(), notify }),
    },
  };
}

/** What follows from a commit of the journal. */
function onStored(
  { options, hookEvents, intake, counting, announce }: EngineParts,
  children: Children,
): JournalOptions['onStored'] {
  const { live, notify } = options.jobs;
  return (executionIds, entries, notified) => {
    live.publish(executionIds);
    counting.countStored(entries);
    hookEvents.stored(entries);
    for (const entry of entries) children.stored(entry.children ?? []);
    notify(notified);
    intake.sent(entries.flatMap(({ emitted }) => emitted ?? []));
    if (entries.some(hasWork)) announce();
  };
}

/** Whether others have something to do since this was stored. */
function hasWork({ children = [], jobs = [], eventWaits = [], emitted = [] }: JournalEntry): boolean {
  return children.length + jobs.length + eventWaits.length + emitted.length > 0;
}
