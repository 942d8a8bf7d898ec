import { z } from 'zod';
import { DateTime, defineModel, filterBy, type JsonObject, Timestamp, TraceId } from '../../kernel/index.ts';
import { AnyJson, EventType } from '../schemas.ts';

const Name = z.string().min(1).max(200);

/** An object of any JSON; what is in it is not walked here, as with {@link AnyJson}. */
const Payload = (AnyJson as unknown as z.ZodType<JsonObject, JsonObject>)
  .refine((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'must be an object')
  .meta({ type: 'object' });

/** An event to take in. */
export const EventInput = z
  .strictObject({
    event_type: EventType.describe('Dotted words, for example `order.created`'),
    payload: Payload,
    source: Name.default('api'),
    idempotency_key: z.string().min(1).max(255).optional().describe('An event with a key that was used before is a duplicate'),
    occurred_at: DateTime.optional(),
  })
  .meta({ id: 'EventInput' });
export type EventInput = z.output<typeof EventInput>;

export const MAXIMUM_BATCH = 1_000;

/** One event, or up to 1,000 of them. */
export const EventBody = z.union(
  [EventInput, z.array(EventInput).min(1, 'must hold at least one event').max(MAXIMUM_BATCH)],
  'must be an event, or a list of up to 1,000 events',
);
export type EventBody = z.output<typeof EventBody>;

export const EventReceipt = z
  .object({ event_id: z.uuid(), status: z.enum(['accepted', 'duplicate']), trace_id: z.string() })
  .meta({ id: 'EventReceipt' });
export const EventReceipts = z.union([EventReceipt, z.array(EventReceipt)]);
export type EventReceipts = z.output<typeof EventReceipts>;

export const Event = z
  .object({
    id: z.uuid(),
    event_type: z.string(),
    source: z.string(),
    payload: AnyJson,
    idempotency_key: z.string().nullable(),
    occurred_at: Timestamp,
    received_at: Timestamp,
    trace_id: z.string(),
  })
  .meta({ id: 'Event' });

export const EventModel = defineModel({
  app: 'engine',
  name: 'Event',
  table: 'events',
  schema: Event,
  ordering: ['-id', 'id'],
  filters: {
    ...filterBy(Event, {
      event_type: ['exact', 'in', 'contains'],
      source: ['exact', 'in'],
      occurred_at: ['range'],
      received_at: ['range'],
    }),
    trace_id: { column: 'trace_id', operator: 'exact', schema: TraceId },
  },
  redacted: ['payload'],
});
