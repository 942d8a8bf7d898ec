import type { JsonObject } from '../../kernel/index.ts';
import type { StoredEvent } from '../events/event.ts';
import type { Candidate } from '../flow/candidate.ts';
import type { KeyedExecution } from '../flow/flow.store.ts';

/** A filter sees the event at its root. */
export function ruleInput(event: Omit<StoredEvent, 'tenantId' | 'traceId' | 'hops'>): JsonObject {
  return { id: event.id, type: event.eventType, source: event.source, payload: event.payload, occurred_at: event.occurredAt };
}

/** The key under which an execution is started but once. */
export function keyOf({ execution, admission }: Candidate): KeyedExecution | undefined {
  const { id, tenantId, workflowId } = execution;
  if (admission.idempotencyKey === undefined) return undefined;
  return { tenantId, workflowId, executionId: id, key: admission.idempotencyKey };
}
