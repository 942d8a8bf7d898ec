import type { Json, JsonObject } from '../../kernel/index.ts';

/** An event as a caller hands it in. */
export interface NewEvent {
  readonly tenantId: string;
  readonly eventType: string;
  readonly source: string;
  readonly payload: Json;
  readonly idempotencyKey: string | null;
  readonly occurredAt: string | null;
  readonly traceId: string;
  /** The subscription whose triggers it is for, whatever its type. Default: those of all that fit its type. */
  readonly subscriptionId?: string | undefined;
  /** Executions that stand between it and the outside. Default 0. */
  readonly hops?: number;
  /** What is known of who sent it, where `hops` has to be found out. */
  readonly cause?: EventCause | undefined;
}

/** By what an event may have come about: an execution that is named, or else one that runs under the event's trace id. */
export interface EventCause {
  readonly executionId?: string | undefined;
}

export interface Receipt {
  readonly eventId: string;
  /** `duplicate`: an event with this idempotency key was already there; its id and trace id are returned. */
  readonly status: 'accepted' | 'duplicate';
  readonly traceId: string;
}

export interface StoredEvent {
  readonly id: string;
  readonly tenantId: string;
  readonly eventType: string;
  readonly source: string;
  readonly payload: Json;
  readonly occurredAt: string;
  readonly traceId: string;
  readonly hops: number;
  /** Null: it is for all triggers that fit its type. */
  readonly subscriptionId: string | null;
}

/** An event as rules and templates see it: a filter has it at its root. */
export function toRuleInput(event: Pick<StoredEvent, 'id' | 'eventType' | 'source' | 'payload' | 'occurredAt'>): JsonObject {
  return { id: event.id, type: event.eventType, source: event.source, payload: event.payload, occurred_at: event.occurredAt };
}
