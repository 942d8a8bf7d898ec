import type { ListedExecution } from 'automate-client';

/** What the list is narrowed to. All of it stands in the address. */
export interface ExecutionsSearch {
  readonly status?: ListedExecution['status'];
  readonly within?: Period;
  readonly workflow?: string;
  readonly trace?: string;
  readonly replay_of?: string;
}

const STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
export const statuses: readonly ListedExecution['status'][] = STATUSES;

const HOUR = 3_600_000;
export const periods = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR } as const;
export type Period = keyof typeof periods;

/** What an address does not say rightly, it does not say. */
export function readExecutionsSearch(given: Record<string, unknown>): ExecutionsSearch {
  const status = statuses.find((one) => one === given.status);
  const within = (Object.keys(periods) as Period[]).find((one) => one === given.within);
  const [workflow, trace, replayOf] = [given.workflow, given.trace, given.replay_of].map((value) =>
    typeof value === 'string' && value !== '' ? value : undefined,
  );
  return {
    ...(status && { status }),
    ...(within && { within }),
    ...(workflow && { workflow }),
    ...(trace && { trace }),
    ...(replayOf && { replay_of: replayOf }),
  };
}

/** The same as the API asks for it. A period ends now, and begins at a full minute, so that the same question is asked again. */
export function toQuery({ status, within, workflow, trace, replay_of }: ExecutionsSearch, now: number) {
  const MINUTE = 60_000;
  return {
    ...(status && { status }),
    ...(within && { created_after: new Date(Math.floor((now - periods[within]) / MINUTE) * MINUTE) }),
    ...(workflow && { workflow: [workflow] }),
    ...(trace && { trace_id: trace }),
    ...(replay_of && { replay_of }),
  };
}
