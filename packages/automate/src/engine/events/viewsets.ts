import { BaseReadOnlyViewSet, type Context, headerOf, requirePrincipal } from '../../api/index.ts';
import { admitRawPayloads, RawPayloadQuery, redactorOf } from '../../governance/index.ts';
import { isUuid, newTraceId, type Row } from '../../kernel/index.ts';
import type { EventCause, NewEvent, Receipt } from './event.ts';
import { Event, EventBody, type EventInput, EventModel, EventReceipts } from './schemas.ts';
import './services.ts';
import { eventExamples } from './examples.ts';

type EventRow = Row<typeof EventModel>;

/** Takes events in, one or a batch, and shows them. A 202 means that they are on disk. */
export class EventIngestView extends BaseReadOnlyViewSet<typeof EventModel> {
  static {
    this.describe('create', {
      summary: 'Take in one event or up to 1,000',
      description: 'Each event starts every live workflow with a trigger that fits. A batch gets its receipts in the same order.',
      body: EventBody,
      examples: eventExamples,
      response: EventReceipts,
      status: 202,
      bodyLimit: 8 * 1_048_576,
      problems: { 422: 'The policy does not allow it, or the Idempotency-Key was used for another request.' },
    });
    this.describe('retrieve', { summary: 'Get an event', query: RawPayloadQuery, response: Event, shaped: true });
  }
  readonly model = EventModel;
  override tag: string | undefined = 'Events';
  override tagDescription: string | undefined =
    'What happened, as others tell it. An event starts every live workflow with a trigger that fits, and is kept whether or not one does.';

  async create(ctx: Context<EventBody>): Promise<EventReceipts> {
    const { tenantId } = requirePrincipal(ctx);
    const given = Array.isArray(ctx.body) ? ctx.body : [ctx.body];
    // The events of a batch have different causes, unless the caller says that they share one.
    const shared = given.length === 1 || hasTrace(ctx) ? ctx.traceId : undefined;
    const cause = causeOf(ctx);
    const events = given.map((event) => ({ ...toEvent(event, tenantId, shared ?? newTraceId()), cause }));
    const receipts = (await ctx.services.events.accept(events)).map(toReply);
    return Array.isArray(ctx.body) ? receipts : (receipts[0] as EventReceipts);
  }

  override async retrieve(ctx: Context): Promise<EventRow> {
    const row = ctx.row as EventRow;
    await admitRawPayloads(ctx, { type: 'event', id: row.id });
    return this.present(row, ctx);
  }

  /** An event as it is shown: secrets that travelled in its payload are redacted. */
  override present(row: EventRow, ctx: Context): EventRow {
    return { ...row, payload: redactorOf(ctx)(row.payload) as EventRow['payload'] };
  }
}

function toEvent(input: EventInput, tenantId: string, traceId: string): NewEvent {
  return {
    tenantId,
    traceId,
    eventType: input.event_type,
    source: input.source,
    payload: input.payload,
    idempotencyKey: input.idempotency_key ?? null,
    occurredAt: input.occurred_at ?? null,
  };
}

function toReply({ eventId, status, traceId }: Receipt) {
  return { event_id: eventId, status, trace_id: traceId };
}

/** Whoever brings a trace id, or the id of an execution, may be a step of ours: its events stand one farther from the outside. */
function causeOf(ctx: Context): EventCause | undefined {
  const named = headerOf(ctx.request, 'x-causation-id');
  if (named !== undefined && isUuid(named)) return { executionId: named };
  return hasTrace(ctx) ? {} : undefined;
}

function hasTrace(ctx: Context): boolean {
  return ['x-trace-id', 'x-correlation-id', 'traceparent'].some((name) => headerOf(ctx.request, name) !== undefined);
}
