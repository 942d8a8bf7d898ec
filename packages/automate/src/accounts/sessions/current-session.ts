import type { CurrentSession } from '../../governance/index.ts';
import { presentedToken } from './cookie.ts';
import { holdSession } from './session.store.ts';
import { sessionHash } from './session-token.ts';

/** The session whose cookie a request brings. @param secret signs cookies */
export function createCurrentSession(secret: () => string): CurrentSession {
  return {
    async hold(ctx, transaction) {
      const token = presentedToken(ctx, secret());
      return !token || (await holdSession(transaction, sessionHash(token)));
    },
  };
}
