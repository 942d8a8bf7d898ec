import type { Db } from '../../db/index.ts';
import { AppError } from '../../kernel/index.ts';
import type { Admission, SignedIn } from './admission.ts';
import type { Attempts } from './attempts.ts';
import type { Auth } from './auth.ts';
import type { Client } from './client.ts';
import { signInFailed } from './errors.ts';
import { findUser } from './person.store.ts';
import { asAppError, cookiesIn, headersOf, passSecondFactor, sessionCookieIn } from './second-factor.ts';
import { removeSessionsOf } from './session.store.ts';
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
  auth(): Promise<Auth>;
}

/** Signing in with a password, and with the second factor where there is one. */
export function createPasswordSignIn({ db, sessions, attempts, admission, auth }: PasswordSignInOptions) {
  return {
    /** @throws AppError `sign_in_failed` whatever was wrong, `two_factor_required`, `rate_limited`, `too_busy` */
    async signIn(given: Credentials, client: Client): Promise<SignedIn> {
      const email = given.email.toLowerCase();
      await attempts.requireAttempts(client, `account:${email}`);
      const user = await findUser(db, { email });
      const cookie = await checkCredentials(await auth(), { ...given, email }, client).catch(async (error: unknown) => {
        const isFailure = AppError.is(error) && error.code === 'sign_in_failed';
        if (user && isFailure) await admission.recordFailure(user, client);
        throw error;
      });
      if (!user || user.disabled_at !== null) {
        if (user) await removeSessionsOf(db, user.id);
        throw signInFailed();
      }
      await admission.recordSignIn(user, client, 'password');
      await sessions.announce();
      return { user, cookie };
    },
  };
}

/** Checks password and, where there is one, the second factor, and starts a session. @returns its cookie */
async function checkCredentials(auth: Auth, { email, password, code }: Credentials, client: Client): Promise<string> {
  const body = { email, password };
  const first = await asAppError(auth.api.signInEmail({ body, headers: headersOf(client), returnHeaders: true }));
  if (!('twoFactorRedirect' in first.response)) return sessionCookieIn(first.headers);
  return passSecondFactor(auth, cookiesIn(first.headers), code, client);
}
