import { AppError } from '../kernel/index.ts';
import type { Breaker } from './breaker.ts';
import type { Connections } from './connections.ts';
import type { Deadline } from './deadline.ts';
import { exchange, type Hop, type Reply } from './exchange.ts';
import type { Pace } from './pace.ts';

/** Makes one exchange, when the host can be expected to answer and it is the request's turn. */
export type Call = (hop: Hop, limits: CallLimits) => Promise<Reply>;

export interface CallLimits {
  readonly deadline: Deadline;
  readonly maxBytes: number;
  /** Who calls which origin: turns and circuits are apart for each. */
  readonly party: string;
  readonly hasOwnLimits: boolean;
}

export function createCall(parts: { connections: Connections; pace: Pace; breaker: Breaker }): Call {
  const { connections, pace, breaker } = parts;
  return async (hop, { deadline, maxBytes, party, hasOwnLimits }) => {
    if (hasOwnLimits) return exchange(connections, hop, { signal: deadline.signal, maxBytes });
    const { host } = hop.target;
    breaker.admit(party, host);
    try {
      await pace.turn(party, host, deadline.signal);
      const reply = await exchange(connections, hop, { signal: deadline.signal, maxBytes });
      // What stands before a server that is down says so with these.
      if ([502, 503, 504].includes(reply.status)) breaker.failed(party);
      else breaker.succeeded(party);
      return reply;
    } catch (error) {
      const isOurs = AppError.is(error) || (deadline.signal.aborted && !deadline.timedOut());
      if (isOurs) breaker.undecided(party);
      else breaker.failed(party);
      throw error;
    }
  };
}
