import type { Queryable } from '../../db/index.ts';
import { enqueue } from '../../jobs/index.ts';
import type { Json } from '../../kernel/index.ts';
import { insertHandledEvents } from '../events/event.store.ts';
import { insertExecutions, type NewExecution } from './execution.store.ts';
import { executionJob } from './execution-job.ts';

/** An execution that is not started by a trigger: it brings its own event, which triggers nothing. */
export interface StartedExecution extends NewExecution {
  readonly eventType: string;
  readonly source: string;
  readonly payload: Json;
}

/** Stores executions with their events and queues them, in the caller's transaction. */
export async function startExecutions(transaction: Queryable, executions: readonly StartedExecution[]): Promise<void> {
  if (executions.length === 0) return;
  await insertHandledEvents(
    transaction,
    executions.map(({ eventId, tenantId, payload, traceId, eventType, source }) => ({
      id: eventId,
      tenantId,
      traceId,
      payload,
      eventType,
      source,
      idempotencyKey: null,
      occurredAt: null,
    })),
  );
  await insertExecutions(transaction, executions);
  await enqueue(
    transaction,
    executions.map((execution) => executionJob(execution)),
  );
}
