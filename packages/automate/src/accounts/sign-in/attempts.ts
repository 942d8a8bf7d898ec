import { commonErrors, type ThrottleResult, type ThrottleStore } from '../../kernel/index.ts';
import type { Client } from '../people/client.ts';

/** Limits how often anybody may try to come in. All processes count together. */
export interface Attempts {
  /**
   * Counts an attempt, by the network it comes from and by what can be guessed at: an account, but no link, which holds 256
   * random bits.
   * @throws AppError `rate_limited`
   */
  requireAttempts(client: Pick<Client, 'network'>, subject?: string): Promise<void>;
  /** Counts a journey to the provider that begins: each leaves a row behind until it expires. @throws AppError `rate_limited` */
  requireStart(client: Pick<Client, 'network'>): Promise<void>;
}

const WINDOW_SECONDS = 900;
/** Most attempts in a window: at one thing from one network, from one network at all, and at one thing from everywhere. */
const TOGETHER = 10;
const OF_NETWORK = 100;
const OF_SUBJECT = 100;
/** Nothing is guessed at there, and a whole company may come from one address in the morning. */
const STARTS_OF_NETWORK = 500;

export function createAttempts(throttle: ThrottleStore): Attempts {
  const count = (key: string, limit: number) => throttle.hit(`people:${key}`, { limit, windowSeconds: WINDOW_SECONDS });
  return {
    async requireAttempts({ network }, subject) {
      const results = [await count(network, OF_NETWORK)];
      if (subject !== undefined) {
        // From elsewhere others may try too, but they must not lock out whoever an account belongs to.
        results.push(await count(`${subject} ${network}`, TOGETHER), await count(subject, OF_SUBJECT));
      }
      requireAllowed(results);
    },
    async requireStart({ network }) {
      requireAllowed([await count(`oidc ${network}`, STARTS_OF_NETWORK)]);
    },
  };
}

function requireAllowed(results: readonly ThrottleResult[]): void {
  const refused = results.filter(({ allowed }) => !allowed).map(({ resetSeconds }) => resetSeconds);
  if (refused.length === 0) return;
  const seconds = Math.max(...refused);
  throw commonErrors.rate_limited(`Too many attempts: try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
