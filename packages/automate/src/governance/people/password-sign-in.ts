import type { Db } from '../../db/index.ts';
import { AppError, commonErrors } from '../../kernel/index.ts';
import type { Admission, SignedIn } from './admission.ts';
import type { Attempts } from './attempts.ts';
import { type Auth, SESSION_COOKIE } from './auth.ts';
import type { Client } from './client.ts';
import { peopleErrors, signInFailed } from './errors.ts';
import { findUser } from './person.store.ts';
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
  auth(): Auth;
}

/** Signing in with a password, and with the second factor where there is one. */
export function createPasswordSignIn({ db, sessions, attempts, admission, auth }: PasswordSignInOptions) {
  return {
    /** @throws AppError `sign_in_failed` whatever was wrong, `two_factor_required`, `rate_limited`, `too_busy` */
    async signIn(given: Credentials, client: Client): Promise<SignedIn> {
      const email = given.email.toLowerCase();
      await attempts.requireAttempts(client, `account:${email}`);
      const user = await findUser(db, { email });
      const cookie = await checkCredentials(auth(), { ...given, email }, client).catch(async (error: unknown) => {
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

/** What better-auth refuses, told in one way: nothing may show which part was wrong. */
export async function asAppError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (AppError.is(error)) throw error;
    const { statusCode, body } = error as { statusCode?: number; body?: { code?: string } };
    if (statusCode === 429)
      throw commonErrors.rate_limited('Too many wrong codes: try again later.', { headers: { 'retry-after': '900' } });
    if (statusCode !== undefined && statusCode < 500) throw signInFailed(body?.code);
    throw error;
  }
}

/** Checks password and, where there is one, the second factor, and starts a session. @returns its cookie */
async function checkCredentials(auth: Auth, { email, password, code }: Credentials, client: Client): Promise<string> {
  const headers = new Headers({ 'user-agent': client.userAgent, 'x-forwarded-for': client.address });
  const first = await asAppError(auth.api.signInEmail({ body: { email, password }, headers, returnHeaders: true }));
  if (!('twoFactorRedirect' in first.response)) return cookieIn(first.headers);
  if (code === undefined)
    throw peopleErrors.two_factor_required('Send the code of your authenticator, or a backup code, as "code".');
  headers.set('cookie', cookiesIn(first.headers));
  const isBackup = !/^\d{6}$/.test(code);
  const second = isBackup
    ? auth.api.verifyBackupCode({ body: { code }, headers, returnHeaders: true })
    : auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true });
  return cookieIn((await asAppError(second)).headers);
}

function cookieIn(headers: Headers): string {
  const found = headers.getSetCookie().find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`) && !/Max-Age=0/i.test(cookie));
  if (!found) throw signInFailed();
  return found;
}

function cookiesIn(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
