import type { Db, Queryable } from '../../db/index.ts';
import { enqueue } from '../../jobs/index.ts';
import { errorMessage, type JsonObject, type Logger, newId } from '../../kernel/index.ts';
import { awaitedEvents } from '../event-waits/awaited.ts';
import { deliveryJob } from '../event-waits/jobs.ts';
import { takeFromOutbox } from '../events/event.store.ts';
import type { StoredEvent } from '../events/event.ts';
import { insertExecutions, type NewExecution } from '../executions/execution.store.ts';
import { admit, type Candidate } from '../flow/admit.ts';
import { claimKeys, type GatheredEvent, gather, type KeyedExecution } from '../flow/flow.store.ts';
import type { Admission } from '../flow/flow.ts';
import { matchesPattern } from '../triggers/pattern.ts';
import { insertVerdicts, type NewVerdict } from '../triggers/trigger.store.ts';
import type { CompiledTrigger, TriggerCache } from '../triggers/trigger-cache.ts';

const BATCH = 250;

/**
 * Decides about events: which triggers fit, and so which workflows run. Taking events out of the outbox and queueing
 * their executions is one transaction, so each event is dispatched exactly once whatever dies in between.
 * @returns how many events were dispatched, and the lanes in which there is work because of them
 */
export function dispatchBatch({ db, triggers, logger }: { db: Db; triggers: TriggerCache; logger: Logger }): Promise<Dispatched> {
  return db.transaction(async (transaction) => {
    const events = await takeFromOutbox(transaction, BATCH);
    if (events.length === 0) return { count: 0, lanes: [] };
    const byTenant = await triggers.get(transaction, [...new Set(events.map((event) => event.tenantId))]);
    const decisions = events.flatMap((event) =>
      (byTenant.get(event.tenantId) ?? [])
        .filter((trigger) => matchesPattern(trigger.eventType, event.eventType))
        .map((trigger) => decide(event, trigger, logger)),
    );
    await store(transaction, decisions);
    // What was started by one of these events may be cancelled by the next.
    const awaited = await awaitedEvents(transaction, events);
    await enqueue(transaction, awaited.map(deliveryJob));
    const lanes = new Set([
      ...decisions.flatMap(({ admission, event }) => (admission ? event.tenantId : [])),
      ...awaited.map(({ tenantId }) => tenantId),
    ]);
    return { count: events.length, lanes: [...lanes] };
  });
}

export interface Dispatched {
  readonly count: number;
  readonly lanes: readonly string[];
}

interface Decision {
  readonly event: StoredEvent;
  readonly trigger: CompiledTrigger;
  /** Undefined: no match. */
  readonly admission: Admission | undefined;
  readonly error: string | null;
}

function decide(event: StoredEvent, trigger: CompiledTrigger, logger: Logger): Decision {
  const input = ruleInput(event);
  try {
    const isMatch = trigger.rule?.matches(input) ?? true;
    return { event, trigger, admission: isMatch ? trigger.flow(input) : undefined, error: null };
  } catch (cause) {
    const error = errorMessage(cause);
    logger.warn({ 'trace.id': event.traceId, trigger_id: trigger.id, reason: error }, 'a trigger could not be evaluated');
    return { event, trigger, admission: undefined, error };
  }
}

/** A filter sees the event at its root. */
export function ruleInput(event: Omit<StoredEvent, 'tenantId'>): JsonObject {
  return { id: event.id, type: event.eventType, source: event.source, payload: event.payload, occurred_at: event.occurredAt };
}

async function store(transaction: Queryable, decisions: readonly Decision[]): Promise<void> {
  const candidates = new Map<Decision, Candidate>();
  const gathered: GatheredEvent[] = [];
  for (const decision of decisions) {
    const { admission, trigger, event } = decision;
    if (admission?.gathering) gathered.push(toGathered(decision, admission.gathering));
    else if (admission)
      candidates.set(decision, { admission, priority: trigger.priority, execution: toExecution(trigger, event) });
  }
  const holders = await claimKeys(
    transaction,
    [...candidates.values()].flatMap((candidate) => keyOf(candidate) ?? []),
  );
  const executionOf = (decision: Decision) => {
    const id = candidates.get(decision)?.execution.id;
    return id === undefined ? null : (holders.get(id) ?? id);
  };
  const started = [...candidates].flatMap(([decision, candidate]) =>
    executionOf(decision) === candidate.execution.id ? candidate : [],
  );
  // None of them depends on what another one answers.
  await Promise.all([
    insertExecutions(
      transaction,
      started.map(({ execution }) => execution),
    ),
    admit(transaction, started),
    gather(transaction, gathered),
    insertVerdicts(
      transaction,
      decisions.map((decision) => toVerdict(decision, executionOf(decision))),
    ),
  ]);
}

function toExecution(trigger: CompiledTrigger, event: StoredEvent): NewExecution {
  return {
    id: newId(),
    tenantId: event.tenantId,
    workflowId: trigger.workflowId,
    workflowVersion: trigger.workflowVersion,
    versionId: trigger.versionId,
    eventId: event.id,
    triggerId: trigger.id,
    traceId: event.traceId,
  };
}

function toGathered({ event, trigger }: Decision, gathering: NonNullable<Admission['gathering']>): GatheredEvent {
  return {
    triggerId: trigger.id,
    key: gathering.key,
    tenantId: event.tenantId,
    workflowId: trigger.workflowId,
    mode: gathering.mode,
    eventId: event.id,
    seconds: gathering.seconds,
    maximumSeconds: gathering.mode === 'debounce' ? (gathering.maximumSeconds ?? null) : null,
    size: gathering.mode === 'batch' ? gathering.size : null,
  };
}

/** The key under which an execution is started but once. */
export function keyOf({ execution, admission }: Candidate): KeyedExecution | undefined {
  const { id, tenantId, workflowId } = execution;
  if (admission.idempotencyKey === undefined) return undefined;
  return { tenantId, workflowId, executionId: id, key: admission.idempotencyKey };
}

function toVerdict({ event, trigger, admission, error }: Decision, executionId: string | null): NewVerdict {
  return {
    eventId: event.id,
    triggerId: trigger.id,
    tenantId: event.tenantId,
    workflowId: trigger.workflowId,
    isMatch: admission !== undefined,
    error,
    executionId,
  };
}
