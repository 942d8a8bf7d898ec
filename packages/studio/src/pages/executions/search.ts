import type { ExecutionBatch, ListedExecution } from 'automate-client';
import { beginOf, type Period, periodNames } from '../../data/periods.ts';
import { oneOf, textsOf } from '../../data/search.ts';

/** What the list is narrowed to. All of it stands in the address. */
export interface ExecutionsSearch {
  readonly status?: ListedExecution['status'];
  readonly within?: Period;
  /** Id or slug. */
  readonly workflow?: string;
  readonly trace?: string;
  readonly replay_of?: string;
  /** Code of the error. */
  readonly error?: string;
  /** Id of a trigger. */
  readonly trigger?: string;
  /** Id of the event that started it. */
  readonly event?: string;
}

export const statuses: readonly ListedExecution['status'][] = [
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
];

/** What an address does not say rightly, it does not say. */
export function readExecutionsSearch(given: Record<string, unknown>): ExecutionsSearch {
  const status = oneOf(given.status, statuses);
  const within = oneOf(given.within, periodNames);
  return {
    ...(status && { status }),
    ...(within && { within }),
    ...textsOf(given, ['workflow', 'trace', 'replay_of', 'error', 'trigger', 'event']),
  };
}

/** The same as the API asks for it. */
export function toQuery(search: ExecutionsSearch, now: number) {
  const { status, within, workflow, trace, replay_of, error, trigger, event } = search;
  return {
    ...(status && { status }),
    ...(within && { created_after: beginOf(within, now) }),
    ...(workflow && { workflow: [workflow] }),
    ...(trace && { trace_id: trace }),
    ...(replay_of && { replay_of }),
    ...(error && { error_code: error }),
    ...(trigger && { trigger_id: trigger }),
    ...(event && { event_id: event }),
  };
}

/**
 * The same for a batch over all that match; undefined where it cannot be said.
 * @param workflowId of the workflow in the address, when there is one
 */
export function toBatchFilter(
  search: ExecutionsSearch,
  workflowId: string | undefined,
  now: number,
): ExecutionBatch['filter'] | undefined {
  const { status, within, workflow, trace, replay_of, error, trigger, event } = search;
  if (event || (workflow && !workflowId)) return undefined;
  return {
    // Something has to be said, and what is made from now on is not part of it.
    created_before: new Date(now).toISOString(),
    ...(status && { status }),
    ...(within && { created_after: beginOf(within, now).toISOString() }),
    ...(workflowId && { workflow_id: workflowId }),
    ...(trace && { trace_id: trace }),
    ...(replay_of && { replay_of }),
    ...(error && { error_code: error }),
    ...(trigger && { trigger_id: trigger }),
  };
}
