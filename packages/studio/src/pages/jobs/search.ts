import type { Job, JobBatch } from 'automate-client';
import { beginOf, type Period, periodNames } from '../../data/periods.ts';
import { oneOf, textsOf } from '../../data/search.ts';

/** What the list is narrowed to. */
export interface JobFilters {
  readonly state?: Job['state'];
  readonly within?: Period;
  readonly kind?: string;
  readonly error?: string;
  readonly trace?: string;
}

/** All that stands in the address. */
export interface JobsSearch extends JobFilters {
  /** Id of the job that is shown in detail. */
  readonly open?: string;
}

export const states: readonly Job['state'][] = ['blocked', 'queued', 'scheduled', 'running', 'succeeded', 'failed', 'cancelled'];

/** What an address does not say rightly, it does not say. */
export function readJobsSearch(given: Record<string, unknown>): JobsSearch {
  const state = oneOf(given.state, states);
  const within = oneOf(given.within, periodNames);
  return { ...(state && { state }), ...(within && { within }), ...textsOf(given, ['kind', 'error', 'trace', 'open']) };
}

export function toQuery({ state, within, kind, error, trace }: JobFilters, now: number) {
  return {
    ...(state && { state }),
    ...(within && { created_after: beginOf(within, now) }),
    ...(kind && { kind }),
    ...(error && { error_code: error }),
    ...(trace && { trace_id: trace }),
  };
}

/** The same for a batch over all that match; undefined where it cannot be said: a batch looks at no time, and takes the dead or what has not ended. */
export function toBatchFilter({ state, within, kind, error, trace }: JobFilters): JobBatch['filter'] | undefined {
  if (within || state !== 'failed' || !(kind ?? error ?? trace)) return undefined;
  return { ...(kind && { kind }), ...(error && { error_code: error }), ...(trace && { trace_id: trace }) };
}
