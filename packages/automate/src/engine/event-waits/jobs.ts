import type { NewJob } from '../../jobs/index.ts';
import type { StoredEvent } from '../events/event.ts';
import type { NewEventWait } from '../events/event-wait.ts';

export const EVENT_DELIVERY = 'event_delivery';

/** Before other work: somebody waits already. */
const PRIORITY = 10;

/** Work that hands an event to those who wait for it. */
export function deliveryJob({ id, tenantId, traceId }: Pick<StoredEvent, 'id' | 'tenantId' | 'traceId'>): NewJob {
  return { kind: EVENT_DELIVERY, tenantId, traceId, payload: { event_id: id }, priority: PRIORITY };
}

/** Work that looks whether the event has come already that a step has begun to wait for. */
export function lookBackJob({ executionId, step, tenantId, traceId }: NewEventWait): NewJob {
  return { kind: EVENT_DELIVERY, tenantId, traceId, payload: { execution_id: executionId, step }, priority: PRIORITY };
}
