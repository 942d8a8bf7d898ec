import { beginOf, type Period, periodNames } from '../../data/periods.ts';
import { oneOf, textsOf } from '../../data/search.ts';

/** What the list is narrowed to. */
export interface EventFilters {
  readonly type?: string;
  readonly source?: string;
  readonly trace?: string;
  readonly within?: Period;
}

/** All that stands in the address. */
export interface EventsSearch extends EventFilters {
  /** Id of the event that is shown in detail. */
  readonly open?: string;
}

/** What an address does not say rightly, it does not say. */
export function readEventsSearch(given: Record<string, unknown>): EventsSearch {
  const within = oneOf(given.within, periodNames);
  return { ...(within && { within }), ...textsOf(given, ['type', 'source', 'trace', 'open']) };
}

/** A type is looked for in part, as one types it. */
export function toQuery({ type, source, trace, within }: EventFilters, now: number) {
  return {
    ...(type && { event_type_contains: type }),
    ...(source && { source }),
    ...(trace && { trace_id: trace }),
    ...(within && { received_after: beginOf(within, now) }),
  };
}
