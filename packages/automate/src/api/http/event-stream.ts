import { z } from 'zod';
import { commonErrors } from '../../kernel/index.ts';
import type { Context } from './context.ts';
import { headerOf } from './request.ts';

/** One server-sent event. */
export interface StreamEvent {
  /** What a client sends back as `Last-Event-ID` to go on from here. No line breaks. */
  readonly id?: string;
  readonly event: string;
  /** Text goes out as it is; anything else as JSON. */
  readonly data: unknown;
  /** Milliseconds a client shall wait before it connects again. */
  readonly retry?: number;
}

/** Makes the events; must end soon after the signal fires. */
export type EventSource = (signal: AbortSignal, lastEventId: string | undefined) => AsyncIterable<StreamEvent>;

/** A reply in pieces (server-sent events). Made by {@link eventStream}. */
export class EventStream {
  readonly source: EventSource;

  constructor(source: EventSource) {
    this.source = source;
  }
}

/**
 * Answers with server-sent events until the source ends or the client goes away.
 * @example
 * return eventStream((signal, lastEventId) => ctx.services.jobs.follow(job.id, { signal, after: lastEventId }));
 */
export function eventStream(source: EventSource): EventStream {
  return new EventStream(source);
}

/** An id that counts up. */
export const SequenceId = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

const DefaultId = z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/);

/**
 * Where a client wants to go on: `Last-Event-ID`, or `?last_event_id=` for those that cannot send headers.
 * @throws `invalid_input` when it is not such an id.
 * @example
 * const after = lastEventIdOf(ctx, SequenceId) ?? 0;
 */
export function lastEventIdOf<Id = string>(
  ctx: Context,
  schema: z.ZodType<Id> = DefaultId as unknown as z.ZodType<Id>,
): Id | undefined {
  const given = headerOf(ctx.request, 'last-event-id') ?? ctx.rawQuery.last_event_id;
  if (given === undefined || given === '') return undefined;
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw commonErrors.invalid_input('Last-Event-ID is not an id of this stream.');
}

/** The wire form of an event (HTML Living Standard, 9.2.5). */
export function encodeEvent({ id, event, data, retry }: StreamEvent): string {
  // A line break in a field would let data forge fields.
  if (LINE_BREAK.test(event) || (id !== undefined && (LINE_BREAK.test(id) || id.includes('\u0000')))) {
    throw new TypeError('The id and the name of an event must be single lines.');
  }
  const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? 'null');
  let out = id === undefined ? '' : `id: ${id}\n`;
  out += `event: ${event}\n`;
  if (retry !== undefined) out += `retry: ${Math.trunc(retry)}\n`;
  for (const line of text.split(LINE_BREAK)) out += `data: ${line}\n`;
  return `${out}\n`;
}

const LINE_BREAK = /\r\n|[\r\n]/;
