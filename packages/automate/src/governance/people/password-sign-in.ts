import type { Db, Queryable } from '../../db/index.ts';
import { AppError, errorMessage, type Logger } from '../../kernel/index.ts';
import type { Admission, SignedIn } from './admission.ts';
import type { Attempts } from './attempts.ts';
import type { Auth } from './auth.ts';
import type { Client } from './client.ts';
import { tokenInCookie } from './cookie.ts';
import { signInFailed } from './errors.ts';
import { DECOY, verifyPassword } from './password.ts';
import { findByAddress, lockUser, passwordOf } from './person.store.ts';
import { beginChallenge, passSecondFactor, requireCode } from './second-factor.ts';
import { removeSession } from './session.store.ts';
import { storedToken } from './session-token.ts';
import type { Sessions } from './sessions.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly code?: string | undefined;
}

export interface PasswordSignInOptions {
  readonly db: Db;
  readonly sessions: Sessions;
  readonly attempts: Attempts;
  readonly admission: Admission;
  readonly logger: Logger;
  auth(): Promise<Auth>;
}

type Known = NonNullable<Awaited<ReturnType<typeof findByAddress>>>;

/** Signing in with a password, and with the second factor where there is one. */
export function createPasswordSignIn({ db, sessions, attempts, admission, logger, auth }: PasswordSignInOptions) {
  /** Written down after the reply: that it takes its time must tell nobody that there is such an account. */
  function recordFailure(user: Known, client: Client): void {
    setImmediate(() =>
      admission
        .recordFailure(user, client)
        .catch((error: unknown) => logger.error({ reason: errorMessage(error) }, 'a failed sign-in was not recorded')),
    );
  }

  /** @throws AppError `sign_in_failed` when the password was changed or taken away since it was checked */
  async function requireSame(transaction: Queryable, { id, password }: Known): Promise<void> {
    const user = await lockUser(transaction, { id });
    if (!user || user.disabled_at !== null || (await passwordOf(transaction, id)) !== password) throw signInFailed();
  }

  async function signInWithCode(user: Known, code: string | undefined, client: Client): Promise<SignedIn> {
    requireCode(code);
    const challenge = await beginChallenge(await auth(), user.id);
    const cookie = await passSecondFactor(await auth(), challenge, code, client).catch((error: unknown) => {
      if (AppError.is(error) && error.code === 'sign_in_failed') recordFailure(user, client);
      throw error;
    });
    await db
      .transaction((transaction) => requireSame(transaction, user))
      .catch(async (error: unknown) => {
        await removeSession(db, user.id, { token: storedToken(tokenInCookie(cookie)) });
        throw error;
      });
    await admission.recordSignIn(user, client, 'password');
    await sessions.announce();
    return { user, cookie };
  }

  return {
    /**
     * Does the same work whether or not there is such an account: the same statements, and one hash.
     * @throws AppError `sign_in_failed` whatever was wrong, `two_factor_required`, `rate_limited`, `too_busy`
     */
    async signIn({ email: given, password, code }: Credentials, client: Client): Promise<SignedIn> {
      const email = given.toLowerCase();
      await attempts.requireAttempts(client, `account:${email}`);
      const user = await findByAddress(db, email);
      const isRight = await verifyPassword(user?.password ?? DECOY, password);
      if (!user?.password || !isRight || user.disabled_at !== null) {
        if (user) recordFailure(user, client);
        throw signInFailed();
      }
      if (user.two_factor_enabled) return signInWithCode(user, code, client);
      return admission.admit(user.id, client, 'password', { check: (transaction) => requireSame(transaction, user) });
    },
  };
}
