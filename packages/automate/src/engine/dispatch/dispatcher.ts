import type { Db, Queryable } from '../../db/index.ts';
import { enqueue } from '../../jobs/index.ts';
import { errorMessage, type JsonObject, type Logger, newId } from '../../kernel/index.ts';
import { takeFromOutbox } from '../events/event.store.ts';
import type { StoredEvent } from '../events/event.ts';
import { insertExecutions, type NewExecution } from '../executions/execution.store.ts';
import { executionJob } from '../executions/execution-job.ts';
import { matchesPattern } from '../triggers/pattern.ts';
import { insertVerdicts, type NewVerdict } from '../triggers/trigger.store.ts';
import type { CompiledTrigger, TriggerCache } from '../triggers/trigger-cache.ts';

const BATCH = 250;

/**
 * Decides about events: which triggers fit, and so which workflows run. Taking events out of the outbox and queueing
 * their executions is one transaction, so each event is dispatched exactly once whatever dies in between.
 * @returns how many events were dispatched
 */
export function dispatchBatch({ db, triggers, logger }: { db: Db; triggers: TriggerCache; logger: Logger }): Promise<number> {
  return db.transaction(async (transaction) => {
    const events = await takeFromOutbox(transaction, BATCH);
    if (events.length === 0) return 0;
    const byTenant = await triggers.get(transaction, [...new Set(events.map((event) => event.tenantId))]);
    const decisions = events.flatMap((event) =>
      (byTenant.get(event.tenantId) ?? [])
        .filter((trigger) => matchesPattern(trigger.eventType, event.eventType))
        .map((trigger) => decide(event, trigger, logger)),
    );
    await store(transaction, decisions);
    return events.length;
  });
}

interface Decision {
  readonly verdict: NewVerdict;
  readonly execution: NewExecution | undefined;
  readonly priority: number;
}

function decide(event: StoredEvent, trigger: CompiledTrigger, logger: Logger): Decision {
  let isMatch = false;
  let error: string | null = null;
  try {
    isMatch = trigger.rule?.matches(ruleInput(event)) ?? true;
  } catch (cause) {
    error = errorMessage(cause);
    logger.warn({ 'trace.id': event.traceId, trigger_id: trigger.id, reason: error }, 'a trigger could not be evaluated');
  }
  const executionId = isMatch ? newId() : null;
  return {
    priority: trigger.priority,
    verdict: {
      eventId: event.id,
      triggerId: trigger.id,
      tenantId: event.tenantId,
      workflowId: trigger.workflowId,
      isMatch,
      error,
      executionId,
    },
    execution: executionId
      ? {
          id: executionId,
          tenantId: event.tenantId,
          workflowId: trigger.workflowId,
          workflowVersion: trigger.workflowVersion,
          versionId: trigger.versionId,
          eventId: event.id,
          triggerId: trigger.id,
          traceId: event.traceId,
        }
      : undefined,
  };
}

/** A filter sees the event at its root. */
export function ruleInput(event: Omit<StoredEvent, 'tenantId'>): JsonObject {
  return { id: event.id, type: event.eventType, source: event.source, payload: event.payload, occurred_at: event.occurredAt };
}

async function store(transaction: Queryable, decisions: readonly Decision[]): Promise<void> {
  const started = decisions.filter(({ execution }) => execution !== undefined);
  await insertExecutions(
    transaction,
    started.map(({ execution }) => execution as NewExecution),
  );
  await enqueue(
    transaction,
    started.map(({ execution, priority }) => executionJob(execution as NewExecution, priority)),
  );
  await insertVerdicts(
    transaction,
    decisions.map(({ verdict }) => verdict),
  );
}
