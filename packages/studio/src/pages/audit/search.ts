import { oneOf, textsOf } from '../../data/search.ts';

const HOUR = 3_600_000;
export const periods = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR } as const;
export type Period = keyof typeof periods;

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

const MINUTE = 60_000;

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
    ...(within && { created_after: new Date(Math.floor((now - periods[within]) / MINUTE) * MINUTE).toISOString() }),
  };
}

/** What an address does not say rightly, it does not say. */
export function readAuditSearch(given: Record<string, unknown>): AuditSearch {
  const within = oneOf(given.within, Object.keys(periods) as Period[]);
  return {
    ...textsOf(given, ['q', 'actor', 'action', 'target_type', 'target_id', 'trace', 'open']),
    ...(within && { within }),
  };
}
