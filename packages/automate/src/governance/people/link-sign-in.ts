import type { Db } from '../../db/index.ts';
import { AppError } from '../../kernel/index.ts';
import type { Admission, SignedIn } from './admission.ts';
import type { Attempts } from './attempts.ts';
import type { Auth } from './auth.ts';
import type { Client } from './client.ts';
import { tokenInCookie } from './cookie.ts';
import { digest, invalidLink } from './links.ts';
import { consumeToken, findUser, holderOf, type UserRow } from './person.store.ts';
import { beginChallenge, passSecondFactor, requireCode } from './second-factor.ts';
import { removeSession } from './session.store.ts';
import { storedToken } from './session-token.ts';
import type { Sessions } from './sessions.ts';

export interface LinkSignInOptions {
  readonly db: Db;
  readonly sessions: Sessions;
  readonly attempts: Attempts;
  readonly admission: Admission;
  auth(): Promise<Auth>;
}

/** Signing in with a link that works once, in place of a password: the second factor is asked for all the same. */
export function createLinkSignIn({ db, sessions, attempts, admission, auth }: LinkSignInOptions) {
  const useUp = (token: string) => db.transaction((transaction) => consumeToken(transaction, digest(token), 'sign_in'));

  /** The link is used up by the right code only, so that a wrong one can be corrected. */
  async function signInWithCode(user: UserRow, token: string, code: string | undefined, client: Client): Promise<SignedIn> {
    requireCode(code);
    // Codes can be guessed at, and it makes no difference behind which first factor.
    await attempts.requireAttempts(client, `account:${user.email}`);
    const challenge = await beginChallenge(await auth(), user.id);
    const cookie = await passSecondFactor(await auth(), challenge, code, client).catch(async (error: unknown) => {
      if (AppError.is(error) && error.code === 'sign_in_failed') await admission.recordFailure(user, client, { way: 'link' });
      throw error;
    });
    if (!(await useUp(token))) {
      // Somebody else was faster.
      await removeSession(db, user.id, { token: storedToken(tokenInCookie(cookie)) });
      throw invalidLink();
    }
    await admission.recordSignIn(user, client, 'link');
    await sessions.announce();
    return { user, cookie };
  }

  return {
    /** @throws AppError `link_invalid`, `two_factor_required`, `sign_in_failed`, `rate_limited` */
    async signInByLink({ token, code }: { token: string; code?: string | undefined }, client: Client): Promise<SignedIn> {
      await attempts.requireAttempts(client);
      const holder = await holderOf(db, digest(token), 'sign_in');
      const user = holder === undefined ? undefined : await findUser(db, { id: holder });
      if (!user || user.disabled_at !== null) throw invalidLink();
      if (user.two_factor_enabled) return signInWithCode(user, token, code, client);
      if (!(await useUp(token))) throw invalidLink();
      return admission.admit(user.id, client, 'link');
    },
  };
}
