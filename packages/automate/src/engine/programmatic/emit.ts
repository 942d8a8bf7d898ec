import { inputError } from '../../api/index.ts';
import { asSystem, type HostTransaction, type Queryable } from '../../db/index.ts';
import { requireTenant } from '../../governance/index.ts';
import { findUnstorable, invalidInput, type Json, newTraceId } from '../../kernel/index.ts';
import type { Receipt } from '../events/event.ts';
import type { EventIntake } from '../events/ingest.ts';
import { EventInput } from '../events/schemas.ts';

/** An event that the host's own code tells. */
export interface EmittedEvent {
  /** Dotted words, for example `order.created`. */
  readonly type: string;
  /** Whatever is JSON. */
  readonly payload: Json | object;
  /** Slug or id of the tenant. Default: `default`. */
  readonly tenant?: string;
  /** Default: `host`. */
  readonly source?: string;
  /** An event with a key that was used before in this tenant is a duplicate. */
  readonly idempotencyKey?: string;
  /** Default: now. */
  readonly occurredAt?: Date | string;
  /** Default: a new one. */
  readonly traceId?: string;
}

/**
 * Stores an event in a transaction of the host: it exists, and starts what it triggers, if and only if that commits.
 * @throws AppError `invalid_input`, `tenant_not_found` or `forbidden` before anything is written; the transaction is still good then
 */
export async function emit(
  events: Pick<EventIntake, 'emit'>,
  host: HostTransaction | Queryable,
  event: EmittedEvent,
): Promise<Receipt> {
  const input = parse(event);
  return asSystem(host as HostTransaction, async (transaction) => {
    const tenantId = await requireTenant(transaction, event.tenant ?? 'default');
    return events.emit(transaction, {
      tenantId,
      traceId: event.traceId ?? newTraceId(),
      eventType: input.event_type,
      source: input.source,
      payload: input.payload,
      idempotencyKey: input.idempotency_key ?? null,
      occurredAt: input.occurred_at ?? null,
    });
  });
}

function parse({ type, payload, source = 'host', idempotencyKey, occurredAt }: EmittedEvent): EventInput {
  const parsed = EventInput.safeParse({
    event_type: type,
    payload,
    source,
    ...(idempotencyKey !== undefined && { idempotency_key: idempotencyKey }),
    ...(occurredAt !== undefined && { occurred_at: occurredAt instanceof Date ? occurredAt.toISOString() : occurredAt }),
  });
  if (!parsed.success) throw inputError(parsed.error);
  const issue = findUnstorable(payload);
  if (issue) throw invalidInput([{ ...issue, pointer: `/payload${issue.pointer}` }]);
  return parsed.data;
}
