import { abortable } from './deadline.ts';
import { outboundErrors } from './errors.ts';

/** Spaces out the requests to each host. */
export interface Pace {
  /** Resolves when it is the next request's turn among those of its party. @throws AppError `outbound_rate_limited` when too many wait */
  turn(party: string, host: string, signal: AbortSignal): Promise<void>;
}

export interface PaceOptions {
  /** Requests a second to one host from this process; as many may go at once. Not positive: as many as wanted. */
  readonly perSecond: number;
  /** Most requests that wait for one host. Default 1,000. */
  readonly maximumWaiting?: number;
}

const MAXIMUM_HOSTS = 10_000;

/** A leaky bucket for each party: a burst goes at once, and what is beyond it waits for its turn, no longer than its own deadline. */
export function createPace({ perSecond, maximumWaiting = 1_000 }: PaceOptions): Pace {
  /** When the bucket of a party is empty again. */
  const emptyAt = new Map<string, number>();
  const interval = 1_000 / perSecond;

  return {
    async turn(party, host, signal) {
      if (!(perSecond > 0)) return;
      const now = Date.now();
      const level = Math.max(emptyAt.get(party) ?? 0, now);
      // What fits into the bucket is a second's worth.
      const wait = level + interval - now - 1_000;
      if (wait > maximumWaiting * interval) {
        throw outboundErrors.outbound_rate_limited(`More than ${maximumWaiting} requests wait for the host ${host}.`, {
          headers: { 'retry-after': String(Math.ceil(wait / 1_000)) },
        });
      }
      emptyAt.delete(party);
      emptyAt.set(party, level + interval);
      if (emptyAt.size > MAXIMUM_HOSTS) emptyAt.delete(emptyAt.keys().next().value as string);
      if (wait > 0) await abortable(new Promise((resolve) => setTimeout(resolve, wait)), signal, 2 ** 31 - 1);
    },
  };
}
