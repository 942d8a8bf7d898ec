import { beginOf, type Period, periodNames } from '../../data/periods.ts';
import { oneOf, textsOf } from '../../data/search.ts';

/** What the record is narrowed to, and which entry is open. */
export interface AuditSearch {
  readonly q?: string;
  readonly actor?: string;
  /** One, or several with commas between. */
  readonly action?: string;
  readonly target_type?: string;
  readonly target_id?: string;
  readonly trace?: string;
  readonly within?: Period;
  readonly open?: string;
}

/** The same as the API asks for it. @param now a period ends then */
export function toQuery({ q, actor, action, target_type, target_id, trace, within }: Omit<AuditSearch, 'open'>, now: number) {
  const actions = action?.split(',').filter(Boolean) ?? [];
  return {
    ...(q && { search: q }),
    ...(actor && { actor }),
    ...(actions.length > 0 && { action_in: actions }),
    ...(target_type && { target_type }),
    ...(target_id && { target_id }),
    ...(trace && { trace_id: trace }),
    ...(within && { created_after: beginOf(within, now) }),
  };
}

/** What an address does not say rightly, it does not say. */
export function readAuditSearch(given: Record<string, unknown>): AuditSearch {
  const within = oneOf(given.within, periodNames);
  return {
    ...textsOf(given, ['q', 'actor', 'action', 'target_type', 'target_id', 'trace', 'open']),
    ...(within && { within }),
  };
}
