import type { Queryable } from '../../db/index.ts';
import { type StoredEvent, toRuleInput } from '../events/event.ts';
import { eventHash } from '../events/match.ts';
import { matchesPattern } from '../events/pattern.ts';
import { findAwaited, type Lookup, shapesOf } from './event-wait.store.ts';

/** The events for which somebody may wait, by their types and the values that are compared: one or two probes of an index. */
export async function awaitedEvents(db: Queryable, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
  const shapes = await shapesOf(db, [...new Set(events.map(({ tenantId }) => tenantId))]);
  if (shapes.size === 0) return [];
  const lookups = events.flatMap((event): Lookup[] =>
    (shapes.get(event.tenantId) ?? [])
      .filter(({ eventType }) => matchesPattern(eventType, event.eventType))
      .map(({ text, paths }) => ({
        eventId: event.id,
        tenantId: event.tenantId,
        shape: text,
        hash: eventHash(paths, toRuleInput(event)),
      })),
  );
  const awaited = await findAwaited(db, lookups);
  return events.filter(({ id }) => awaited.has(id));
}
